package io.agentbus.job;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Objects;

/** Puts together what happened to a job. */
public final class JobTimelines {
  private final Jobs jobs;
  private final JobReads reads;

  public JobTimelines(Jobs jobs, JobReads reads) {
    this.jobs = jobs;
    this.reads = reads;
  }

  /** The timeline of one job. */
  public JobTimeline of(Call call, JobRef in) {
    var job = jobs.find(call, in.jobId());
    reads.note(call, "job_timeline", job.namespace(), List.of(job.id()));
    var id = Tuple.of(job.id());
    return new JobTimeline(job,
        call.sql().run("job.attempts", id).stream().map(JobTimelines::attempt).toList(),
        call.sql().run("job.history", id).stream().map(JobTimelines::change).toList(),
        call.sql().run("job.dependencies", id).stream().map(row -> link(call, row, "depends_on_job_id")).toList(),
        call.sql().run("job.dependants", id).stream().map(row -> link(call, row, "job_id")).toList());
  }

  private static JobTimeline.Attempt attempt(Row row) {
    return new JobTimeline.Attempt(row.getLong("fence"), row.getInteger("attempt_no"), row.getString("status"), row.getBoolean("counted"),
        row.getString("agent"), row.getString("dispatcher_id"), JobRow.utc(row, "started_at"), JobRow.utc(row, "running_at"),
        JobRow.utc(row, "finished_at"), row.getString("summary"), row.getString("error"));
  }

  private static JobTimeline.Change change(Row row) {
    var detail = row.getString("detail");
    return new JobTimeline.Change(row.getLong("position"), Objects.requireNonNull(JobRow.utc(row, "at")), row.getString("actor"), row.getString("action"),
        row.getString("from_state"), row.getString("to_state"), row.getLong("fence"), row.getInteger("attempt"), detail == null ? null : Json.raw(detail));
  }

  private static JobTimeline.Link link(Call call, Row row, String idColumn) {
    var seen = call.caller().sees(new NamespacePath(row.getString("namespace")));
    var dropped = row.getColumnIndex("dropped_at") < 0 ? null : JobRow.utc(row, "dropped_at");
    return new JobTimeline.Link(row.getUUID(idColumn), seen ? row.getString("subject") : null, row.getString("status"), dropped);
  }
}
