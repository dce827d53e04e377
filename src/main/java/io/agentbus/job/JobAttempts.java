package io.agentbus.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.agent.Directory;
import io.agentbus.db.PgErrors;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.event.EmitEvent;
import io.agentbus.event.Events;
import io.agentbus.inbox.Inbox;
import io.agentbus.inbox.Notify;
import io.agentbus.inbox.UrgentMail;
import io.agentbus.job.JobStore.Close;
import io.agentbus.job.JobStore.Closed;
import io.agentbus.job.JobStore.Completion;
import io.agentbus.job.JobStore.Mark;
import io.agentbus.job.JobStore.Renewal;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.agentbus.op.RefusalJournal;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a worker says about its attempt. Every verb carries job and fence; the statement itself checks owner, fence and state, and
 * when they do not fit nothing changes and the answer is {@code lease_lost}. The same finish said twice gets its first answer.
 */
public final class JobAttempts {
  /** What ended an attempt that nobody took: unlike {@code release_job} it is no word of the agent. */
  private static final String HAND_BACK = "hand_back";

  private final Jobs jobs;
  private final JobBatches batches;
  private final Dependencies dependencies;
  private final Events events;
  private final Inbox inbox;
  private final UrgentMail mail;
  private final QueueStore queues;
  private final Directory directory;
  private final JobChanges changes;
  private final RetryPolicy policy;
  private final AttemptProblems problems;

  public JobAttempts(Jobs jobs, JobBatches batches, Dependencies dependencies, Events events, Inbox inbox, UrgentMail mail, QueueStore queues,
      Directory directory, JobChanges changes, RetryPolicy policy) {
    this.jobs = jobs;
    this.batches = batches;
    this.dependencies = dependencies;
    this.events = events;
    this.inbox = inbox;
    this.mail = mail;
    this.queues = queues;
    this.directory = directory;
    this.changes = changes;
    this.policy = policy;
    this.problems = new AttemptProblems(jobs);
  }

  /** Ends the job as succeeded, with what follows from it in the same commit. */
  public Job complete(Call call, CompleteJob in) {
    var wish = completion(call, in, true);
    if (in.alone() && !call.sql().isTransaction()) {
      var row = batches.complete.call(wish);
      if (row == null) {
        return problems.answerOrRefuse(call, in.jobId(), in.fence(), "complete_job");
      }
      tell(call, row);
      return completed(row);
    }
    return closeInOneCommit(call, in, "complete_job", tx -> {
      var rows = tx.run("job.complete", JobStore.complete(List.of(wish)));
      if (rows.size() == 0) {
        return null;
      }
      tx.afterCommit(() -> tell(call, rows.iterator().next()));
      return completed(rows.iterator().next());
    });
  }

  /** Ends many jobs as succeeded, each judged alone. */
  public CompletedJobs completeMany(Call call, CompleteJobs in) {
    var alone = submitAlone(call, in.jobs());
    var entries = new ArrayList<CompletedJobs.Entry>(in.jobs().size());
    for (var i = 0; i < in.jobs().size(); i++) {
      var one = in.jobs().get(i);
      try {
        entries.add(new CompletedJobs.Entry(one.jobId(), one.fence(), outcome(call, one, alone.get(i)), null, null));
      } catch (ProblemException problem) {
        // A lost lease has told of itself, unless within a transaction; and the call goes on, so that nobody else tells.
        if (call.sql().isTransaction() || problem.code() != ProblemCode.LEASE_LOST) {
          RefusalJournal.note(call.sql(), call.caller(), "complete_job", one.jobId(), one.fence(), problem);
        }
        var status = problem.members().get("status");
        entries.add(new CompletedJobs.Entry(one.jobId(), one.fence(), status == null ? null : JobStatus.ofWire(status.toString()),
            problem.code().wire(), problem.getMessage()));
      }
    }
    return new CompletedJobs(entries);
  }

  /** Hands in those that write nothing else and waits until all are judged; null for the others. A refusal is its own and stops no other. */
  private List<@Nullable Future<@Nullable Row>> submitAlone(Call call, List<CompleteJob> finishes) {
    List<@Nullable Future<@Nullable Row>> answers = new ArrayList<>(Collections.nCopies(finishes.size(), null));
    if (call.sql().isTransaction()) {
      return answers;
    }
    var places = new ArrayList<Integer>();
    var wishes = new ArrayList<Completion>();
    for (var i = 0; i < finishes.size(); i++) {
      if (finishes.get(i).alone()) {
        try {
          wishes.add(completion(call, finishes.get(i), false));
          places.add(i);
        } catch (ProblemException refusal) {
          answers.set(i, Future.failedFuture(refusal));
        }
      }
    }
    var submitted = batches.complete.submitAll(wishes);
    // One wait for all: waiting for each in turn would wake this thread once a job.
    PgErrors.await(Future.join(submitted).otherwiseEmpty());
    for (var i = 0; i < submitted.size(); i++) {
      answers.set(places.get(i), submitted.get(i));
    }
    return answers;
  }

  private JobStatus outcome(Call call, CompleteJob one, @Nullable Future<@Nullable Row> batched) {
    if (batched == null) {
      return complete(call, one).status();
    }
    var row = PgErrors.await(batched);
    if (row == null) {
      return problems.answerOrRefuse(call, one.jobId(), one.fence(), "complete_job").status();
    }
    tell(call, row);
    return JobStatus.SUCCEEDED;
  }

  /** Ends the attempt as failed: the job is queued again, dead or failed. */
  public Job fail(Call call, FailJob in) {
    var delay = in.retrySeconds() == null ? null : in.retrySeconds().doubleValue();
    return close(call, in, new Close(in.jobId(), in.fence(), holder(call, in.jobId()), call.caller().actor(), "fail_job", "failed",
        in.again() ? "queued" : "failed", true, delay, in.summary(), in.lastError(), text(in.result()), null, null, null, null, null,
        in.openclawTaskRef(), in.openclawSessionKey()));
  }

  /** Ends the attempt, uncounted, and keeps the job back until someone clears what is missing. */
  public Job block(Call call, BlockJob in) {
    return close(call, in, new Close(in.jobId(), in.fence(), holder(call, in.jobId()), call.caller().actor(), "block_job", "blocked", "blocked",
        false, null, in.summary(), null, text(in.result()), in.blockedReason(), in.needs(), in.needsFrom(), in.reviewAfterSeconds(),
        in.onReview(), in.openclawTaskRef(), in.openclawSessionKey()));
  }

  /** Gives the job back, uncounted. */
  public Job release(Call call, ReleaseJob in) {
    var wish = new Close(in.jobId(), in.fence(), holder(call, in.jobId()), call.caller().actor(), "release_job", "cancelled", "queued", false,
        in.delaySeconds() == null ? 0.0 : in.delaySeconds(), null, in.reason(), null, null, null, null, null, null, null, null);
    return closeAlone(call, wish);
  }

  /** Gives leases back that were taken for a caller who is gone, uncounted and at once. */
  public void handBack(String actor, List<Job> taken, String reason) {
    for (var job : taken) {
      postpone(actor, job, Duration.ZERO, reason);
    }
  }

  /**
   * Gives a job back that could not be brought to its agent, uncounted.
   *
   * @param actor who tried, for the journal
   * @param delay earliest next attempt
   * @return false when the attempt was closed meanwhile
   */
  public boolean postpone(String actor, Job job, Duration delay, String reason) {
    return closeInBatch(new Close(job.id(), Objects.requireNonNull(job.fence()), null, actor, HAND_BACK, "cancelled", "queued", false,
        delay.toMillis() / 1_000.0, null, reason, null, null, null, null, null, null, null, null)) != null;
  }

  /**
   * Ends an attempt that the agent refused to begin, as {@code fail_job} with {@code retry} does.
   *
   * @param actor who brought the job, for the journal
   * @return false when the attempt was closed meanwhile
   */
  public boolean failRefused(String actor, Job job, String error) {
    return closeInBatch(new Close(job.id(), Objects.requireNonNull(job.fence()), null, actor, "fail_job", "failed", "queued", true, null, null, error,
        null, null, null, null, null, null, null, null)) != null;
  }

  /** Marks the attempt as running; again is accepted. */
  public Job markRunning(Call call, MarkRunningJob in) {
    var wish = new Mark(in.jobId(), in.fence(), holder(call, in.jobId()), call.caller().actor(), in.summary(), in.openclawTaskRef(),
        in.openclawSessionKey(), text(in.openclawMeta()));
    var marked = call.sql().isTransaction()
        ? JobStore.byNumber(1, call.sql().run("job.mark_running", JobStore.mark(List.of(wish))), JobStore::marked).getFirst()
        : batches.mark.call(wish);
    if (marked == null) {
      throw problems.refusal(call, in.jobId(), in.fence(), "mark_running_job");
    }
    call.sql().afterCommit(() -> changes.marked(wish.actor(), wish.id(), wish.fence(), marked));
    return jobs.find(call, in.jobId());
  }

  /** Asks for a later end of the lease. */
  public RenewedLease renew(Call call, RenewJobLease in) {
    var wish = new Renewal(in.jobId(), in.fence(), holder(call, in.jobId()), in.leaseSeconds());
    var renewed = call.sql().isTransaction()
        ? JobStore.byNumber(1, call.sql().run("job.renew", JobStore.renew(List.of(wish))), JobStore::renewed).getFirst()
        : batches.renew.call(wish);
    if (renewed == null) {
      throw problems.refusal(call, in.jobId(), in.fence(), "renew_job_lease");
    }
    var agentNo = call.caller().agentNo();
    var agent = agentNo == null ? null : directory.agentByNo(agentNo);
    return new RenewedLease(in.jobId(), in.fence(), renewed.until(), agent != null && agent.desired().equals("disabled"),
        mail.of(call, renewed.urgent()));
  }

  /** Keeps how far the work is. */
  public ReportedProgress reportProgress(Call call, ReportProgress in) {
    var rows = call.sql().run("job.report_progress", Tuple.tuple().addUUID(in.jobId()).addLong(in.fence()).addInteger(holder(call, in.jobId()))
        .addString(Json.text(in.progress())).addString(text(in.state())).addString(in.summary()));
    if (rows.size() == 0) {
      throw problems.refusal(call, in.jobId(), in.fence(), "report_progress");
    }
    var kept = rows.iterator().next();
    return new ReportedProgress(in.jobId(), in.fence(), Objects.requireNonNull(JobRow.utc(kept, "progress_at")),
        mail.of(call, kept.getBoolean("urgent")));
  }

  private Job close(Call call, Closing in, Close wish) {
    if (in.alone() && !call.sql().isTransaction()) {
      return closeAlone(call, wish);
    }
    return closeInOneCommit(call, in, wish.verb(), tx -> {
      var closed = JobStore.byNumber(1, tx.run("job.close", JobStore.close(List.of(wish), policy)), JobStore::closed);
      tx.afterCommit(() -> said(wish, closed));
      return closed.getFirst() == null ? null : jobs.find(call(call, tx), wish.id());
    });
  }

  private Job closeAlone(Call call, Close wish) {
    if (call.sql().isTransaction()) {
      var closed = JobStore.byNumber(1, call.sql().run("job.close", JobStore.close(List.of(wish), policy)), JobStore::closed);
      call.sql().afterCommit(() -> said(wish, closed));
      call.sql().afterCommit(() -> dependencies.settleChildrenOf(List.of(wish.id())));
      return closed.getFirst() == null ? problems.answerOrRefuse(call, wish.id(), wish.fence(), wish.verb()) : jobs.find(call, wish.id());
    }
    return closeInBatch(wish) == null ? problems.answerOrRefuse(call, wish.id(), wish.fence(), wish.verb()) : jobs.find(call, wish.id());
  }

  private @Nullable Closed closeInBatch(Close wish) {
    var closed = batches.close.call(wish);
    changes.closed(wish, closed);
    return closed;
  }

  private void said(Close wish, List<@Nullable Closed> closed) {
    batches.sayClosed(closed);
    changes.closed(wish, closed.getFirst());
  }

  private void tell(Call call, Row row) {
    var held = Duration.between(row.getOffsetDateTime("leased_at"), row.getOffsetDateTime("completed_at"));
    changes.completed(call.caller().actor(), row.getUUID("id"), row.getLong("fence"), row.getInteger("attempt"), row.getString("owner"),
        row.getInteger("queue_id"), row.getValue("running_at") != null, held);
  }

  /** Runs a close and writes what follows from it in one transaction; a close that is refused writes nothing. */
  private Job closeInOneCommit(Call call, Closing in, String verb, Function<Tx, @Nullable Job> close) {
    var namespace = namespaceOf(call, in.jobId());
    var followUps = in.followUps() == null ? List.<EnqueueJob>of() : in.followUps();
    var wanted = jobs.planner().judge(call, followUps, "/follow_ups", namespace, in.jobId());
    var messages = in.messages() == null ? List.<Notify>of() : in.messages();
    var done = new HashMap<String, Job>();
    call.sql().inTransaction(tx -> {
      var job = close.apply(tx);
      if (job == null) {
        return null;
      }
      done.put("job", job);
      var facts = in.events() == null ? List.<EmitEvent>of() : in.events();
      for (var i = 0; i < facts.size(); i++) {
        events.emit(call(call, tx), facts.get(i), namespace, in.jobId(), "/events/" + i);
      }
      // A full box refuses the whole: the worker holds the job still, and says it again without the message, or later.
      inbox.send(tx, inbox.judge(call(call, tx), messages, "/messages", namespace, in.jobId()));
      // Last, because a queue that is made for them stays when the rest is refused.
      if (!wanted.isEmpty()) {
        jobs.write(tx, jobs.planner().place(call(call, tx), wanted));
      }
      tx.afterCommit(() -> dependencies.settleChildrenOf(List.of(in.jobId())));
      tx.afterCommit(() -> batches.sayClosed(List.of()));
      return null;
    });
    var job = done.get("job");
    return job == null ? problems.answerOrRefuse(call, in.jobId(), in.fence(), verb) : job;
  }

  private static Call call(Call call, Sql sql) {
    return new Call(call.caller(), call.requestId(), sql);
  }

  private String namespaceOf(Call call, UUID id) {
    var rows = call.sql().run("job.place_of", Tuple.of(id));
    var namespace = rows.size() == 0 ? null : rows.iterator().next().getString("namespace");
    if (namespace == null || !call.caller().sees(new NamespacePath(namespace))) {
      throw ProblemException.notFound("job", id);
    }
    return namespace;
  }

  /** Who must hold the lease: the caller's agent. An operator acts for whoever does, within its walls. */
  private @Nullable Integer holder(Call call, UUID job) {
    var agentNo = call.caller().agentNo();
    if (agentNo != null) {
      return agentNo;
    }
    if (!call.caller().isOperator()) {
      throw ProblemException.of(ProblemCode.FORBIDDEN, "Only the agent that holds a job, or an operator, speaks for its attempt.");
    }
    namespaceOf(call, job);
    return null;
  }

  private Completion completion(Call call, CompleteJob in, boolean wantsJob) {
    return new Completion(in.jobId(), in.fence(), holder(call, in.jobId()), call.caller().actor(),
        in.result() == null ? "{}" : Json.text(in.result()), in.summary(), in.openclawTaskRef(), in.openclawSessionKey(), wantsJob);
  }

  private Job completed(Row row) {
    return JobRow.ofCompletion(row, queues.byId(row.getInteger("queue_id")));
  }

  private static @Nullable String text(@Nullable ObjectNode json) {
    return json == null ? null : Json.text(json);
  }
}
