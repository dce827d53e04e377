package io.agentbus.job;

import io.agentbus.op.Effect;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.op.Route;
import java.util.List;

/** The operations of jobs. {@code claim_jobs} is declared with the dispatcher, which wakes those that wait. */
public final class JobOperations {
  public static final Operation<Jobs, EnqueueJob, Job> ENQUEUE_JOB = new Operation<>("enqueue_job",
      "Puts a job in line, or answers the active one with the same dedupe_key.", Right.ASK, Effect.WRITE, Route.post("/jobs"), Jobs.class,
      EnqueueJob.class, Job.class, Jobs::enqueue);
  public static final Operation<Jobs, EnqueueJobs, EnqueuedJobs> ENQUEUE_JOBS = new Operation<>("enqueue_jobs",
      "Puts many jobs in line, all or nothing; they may wait for one another.", Right.ASK, Effect.WRITE, Route.post("/jobs/bulk"), Jobs.class,
      EnqueueJobs.class, EnqueuedJobs.class, Jobs::enqueueMany);
  public static final Operation<Jobs, JobRef, Job> GET_JOB = new Operation<>("get_job", "Answers one job.", Right.READ, Effect.READ,
      Route.get("/jobs/{job_id}"), Jobs.class, JobRef.class, Job.class, Jobs::get);
  public static final Operation<JobList, ListJobs, ListedJobs> LIST_JOBS = new Operation<>("list_jobs",
      "Lists jobs in pages, newest first.", Right.READ, Effect.READ, Route.get("/jobs"), JobList.class, ListJobs.class, ListedJobs.class, JobList::list);
  public static final Operation<JobExplainer, JobRef, ExplainedJob> EXPLAIN_JOB = new Operation<>("explain_job",
      "Says why a job is not running: everything in its way, who put it there and what clears it.", Right.READ, Effect.READ,
      Route.get("/jobs/{job_id}/explain"), JobExplainer.class, JobRef.class, ExplainedJob.class, JobExplainer::explain);
  public static final Operation<JobTimelines, JobRef, JobTimeline> JOB_TIMELINE = new Operation<>("job_timeline",
      "Tells everything that happened to a job.", Right.READ, Effect.READ, Route.get("/jobs/{job_id}/timeline"), JobTimelines.class, JobRef.class,
      JobTimeline.class, JobTimelines::of);

  public static final Operation<JobAttempts, MarkRunningJob, Job> MARK_RUNNING_JOB = new Operation<>("mark_running_job",
      "Says that the work on a claimed job has begun.", Right.WORK, Effect.WRITE, Route.post("/jobs/{job_id}/running"), JobAttempts.class,
      MarkRunningJob.class, Job.class, JobAttempts::markRunning);
  public static final Operation<JobAttempts, RenewJobLease, RenewedLease> RENEW_JOB_LEASE = new Operation<>("renew_job_lease",
      "Asks for a later end of the lease; never shortens it.", Right.WORK, Effect.WRITE, Route.post("/jobs/{job_id}/renew"), JobAttempts.class,
      RenewJobLease.class, RenewedLease.class, JobAttempts::renew);
  public static final Operation<JobAttempts, ReportProgress, ReportedProgress> REPORT_PROGRESS = new Operation<>("report_progress",
      "Keeps how far the work is.", Right.WORK, Effect.WRITE, Route.post("/jobs/{job_id}/progress"), JobAttempts.class, ReportProgress.class,
      ReportedProgress.class, JobAttempts::reportProgress);
  public static final Operation<JobAttempts, CompleteJob, Job> COMPLETE_JOB = new Operation<>("complete_job",
      "Ends a claimed job as succeeded, with what follows from it in the same commit.", Right.WORK, Effect.WRITE,
      Route.post("/jobs/{job_id}/complete"), JobAttempts.class, CompleteJob.class, Job.class, JobAttempts::complete);
  public static final Operation<JobAttempts, CompleteJobs, CompletedJobs> COMPLETE_JOBS = new Operation<>("complete_jobs",
      "Ends many claimed jobs as succeeded, each judged alone.", Right.WORK, Effect.WRITE, Route.post("/jobs/complete"), JobAttempts.class,
      CompleteJobs.class, CompletedJobs.class, JobAttempts::completeMany);
  public static final Operation<JobAttempts, BlockJob, Job> BLOCK_JOB = new Operation<>("block_job",
      "Keeps a claimed job back, with the exact reason, until someone clears what is missing.", Right.WORK, Effect.WRITE,
      Route.post("/jobs/{job_id}/block"), JobAttempts.class, BlockJob.class, Job.class, JobAttempts::block);
  public static final Operation<JobAttempts, FailJob, Job> FAIL_JOB = new Operation<>("fail_job",
      "Ends the attempt as failed: the job is tried again when retry says so and attempts are left, else it ends.", Right.WORK, Effect.WRITE,
      Route.post("/jobs/{job_id}/fail"), JobAttempts.class, FailJob.class, Job.class, JobAttempts::fail);
  public static final Operation<JobAttempts, ReleaseJob, Job> RELEASE_JOB = new Operation<>("release_job",
      "Gives a claimed job back without using up an attempt.", Right.WORK, Effect.WRITE, Route.post("/jobs/{job_id}/release"), JobAttempts.class,
      ReleaseJob.class, Job.class, JobAttempts::release);

  public static final Operation<JobOverrides, OverrideJob, Job> CANCEL_JOB = new Operation<>("cancel_job",
      "Ends an unfinished job at once; its worker hears lease_lost.", Right.ASK, Effect.DESTROY, Route.post("/jobs/{job_id}/cancel"),
      JobOverrides.class, OverrideJob.class, Job.class, JobOverrides::cancel);
  public static final Operation<JobOverrides, OverrideJob, Job> UNBLOCK_JOB = new Operation<>("unblock_job",
      "Queues a blocked job again; dependencies that ended badly are no longer waited for.", Right.ASK, Effect.WRITE,
      Route.post("/jobs/{job_id}/unblock"), JobOverrides.class, OverrideJob.class, Job.class, JobOverrides::unblock);
  public static final Operation<JobOverrides, ReassignJob, Job> REASSIGN_JOB = new Operation<>("reassign_job",
      "Addresses a waiting, queued or blocked job to somebody else.", Right.ASK, Effect.WRITE, Route.post("/jobs/{job_id}/reassign"),
      JobOverrides.class, ReassignJob.class, Job.class, JobOverrides::reassign);
  public static final Operation<JobOverrides, ReprioritizeJob, Job> REPRIORITIZE_JOB = new Operation<>("reprioritize_job",
      "Changes the place of a job in its line.", Right.OPERATE, Effect.WRITE, Route.post("/jobs/{job_id}/reprioritize"), JobOverrides.class,
      ReprioritizeJob.class, Job.class, JobOverrides::reprioritize);
  public static final Operation<JobOverrides, RetryJob, Job> RETRY_JOB = new Operation<>("retry_job",
      "Reopens a job that failed, is dead or was cancelled, with its attempts counted anew.", Right.OPERATE, Effect.WRITE,
      Route.post("/jobs/{job_id}/retry"), JobOverrides.class, RetryJob.class, Job.class, JobOverrides::retry);
  public static final Operation<JobOverrides, OverrideJob, Job> KILL_JOB = new Operation<>("kill_job", "Ends an unfinished job as dead.",
      Right.OPERATE, Effect.DESTROY, Route.post("/jobs/{job_id}/kill"), JobOverrides.class, OverrideJob.class, Job.class, JobOverrides::kill);
  public static final Operation<LeaseSweeps, RequeueExpired, SweptLeases> REQUEUE_EXPIRED = new Operation<>("requeue_expired",
      "Ends leases that are past their end, as the sweeper does by itself.", Right.OPERATE, Effect.WRITE, Route.post("/jobs/requeue-expired"),
      LeaseSweeps.class, RequeueExpired.class, SweptLeases.class, LeaseSweeps::requeueExpired);

  public static final List<Operation<?, ?, ?>> ALL = List.of(ENQUEUE_JOB, ENQUEUE_JOBS, GET_JOB, LIST_JOBS, EXPLAIN_JOB, JOB_TIMELINE,
      MARK_RUNNING_JOB, RENEW_JOB_LEASE, REPORT_PROGRESS, COMPLETE_JOB, COMPLETE_JOBS, BLOCK_JOB, FAIL_JOB, RELEASE_JOB, CANCEL_JOB, UNBLOCK_JOB,
      REASSIGN_JOB, REPRIORITIZE_JOB, RETRY_JOB, KILL_JOB, REQUEUE_EXPIRED);

  private JobOperations() {}
}
