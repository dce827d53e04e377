package io.agentbus.job;

import io.agentbus.agent.Directory;
import io.agentbus.op.Call;
import io.agentbus.op.Cursor;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Lists jobs in pages. */
public final class JobList {
  private static final int PAGE = 100;

  private final Directory directory;
  private final JobReads reads;

  public JobList(Directory directory, JobReads reads) {
    this.directory = directory;
    this.reads = reads;
  }

  /** A page of the jobs that the caller may see. */
  public ListedJobs list(Call call, ListJobs in) {
    var limit = in.limit() == null ? PAGE : in.limit();
    var filter = in.namespace() == null ? null : directory.filter(call.caller(), in.namespace());
    var walls = call.caller().namespaces().stream().map(Object::toString).toArray(String[]::new);
    var parameters = Tuple.tuple().addUUID(before(in.cursor())).addInteger(limit + 1).addArrayOfString(walls)
        .addString(filter != null && filter.exact() ? filter.value() : null).addString(filter != null && !filter.exact() ? filter.toSqlRegex() : null)
        .addString(in.status() == null ? null : in.status().wire()).addString(in.targetAgent()).addString(in.sourceAgent()).addString(in.jobType())
        .addString(in.lane() == null ? null : in.lane().wire()).addString(in.flowKey()).addString(in.correlationKey()).addUUID(in.parentJobId())
        .addString(in.subject()).addString(in.dedupeKey()).addOffsetDateTime(utc(in.createdFrom())).addOffsetDateTime(utc(in.createdBefore()));
    var standing = in.status() != null && in.status() != JobStatus.SUCCEEDED;
    var jobs = new ArrayList<Job>();
    for (var row : call.sql().run(standing ? "job.list_standing" : "job.list", parameters)) {
      jobs.add(JobRow.ofView(row));
    }
    String next = null;
    if (jobs.size() > limit) {
      jobs.removeLast();
      next = Cursor.of(jobs.getLast().id().toString());
    }
    reads.note(call, "list_jobs", in.namespace(), jobs.stream().map(Job::id).toList());
    return new ListedJobs(jobs, next);
  }

  private static @Nullable UUID before(@Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    try {
      return UUID.fromString(Cursor.read(cursor));
    } catch (IllegalArgumentException e) {
      throw ProblemException.invalid("/cursor", "is not a cursor that list_jobs gave; leave it out for the first page");
    }
  }

  private static @Nullable OffsetDateTime utc(@Nullable Instant at) {
    return at == null ? null : at.atOffset(ZoneOffset.UTC);
  }
}
