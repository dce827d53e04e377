package io.agentbus.job;

import io.agentbus.op.Json;
import io.agentbus.op.Source;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Rows to {@link Job}: of the view {@code jobs}, and of the statements that hand a job over without reading the view. */
final class JobRow {
  private JobRow() {}

  /** A row of the view {@code jobs}. */
  static Job ofView(Row row) {
    return new Job(row.getUUID("id"), row.getString("namespace"), JobStatus.ofWire(row.getString("status")), row.getString("target_agent"),
        row.getString("target_capability"), row.getString("target_tag"), row.getString("subject"), row.getString("job_type"),
        Lane.ofWire(row.getString("lane")), row.getInteger("priority"), tree(row, "payload"), tree(row, "state"), tree(row, "result"),
        row.getString("summary"), row.getString("last_error"), row.getString("blocked_reason"), row.getString("needs"),
        row.getString("needs_from"), utc(row, "review_at"), row.getLong("fence"), row.getInteger("attempt_count"),
        row.getInteger("max_attempts"), row.getString("lease_owner"), utc(row, "leased_at"), utc(row, "leased_until"), utc(row, "running_at"),
        row.getInteger("timeout_seconds"), row.getInteger("expected_seconds"), utc(row, "run_after"), row.getString("source_agent"),
        row.getUUID("parent_job_id"), row.getString("flow_key"), row.getString("correlation_key"), row.getString("dedupe_key"),
        tree(row, "progress"), utc(row, "progress_at"), row.getString("openclaw_task_ref"), row.getString("openclaw_session_key"),
        tree(row, "openclaw_meta"), utc(row, "created_at"), utc(row, "updated_at"), utc(row, "completed_at"), null, null);
  }

  /** A row of {@code job.claim}: leased just now. JSON columns are text there. */
  static Job ofClaim(Row row, Queue queue) {
    var leasedAt = utc(row, "leased_at");
    return new Job(row.getUUID("id"), queue.namespace().value(), JobStatus.LEASED, queue.targetAgent(), queue.targetCapability(),
        queue.targetTag(), row.getString("subject"), row.getString("job_type"), queue.lane(), row.getInteger("priority"),
        Json.raw(row.getString("payload")), text(row, "state"), Json.raw("{}"), row.getString("summary"), row.getString("last_error"), null,
        null, null, null, row.getLong("fence"), row.getInteger("attempt"), row.getInteger("max_attempts"), row.getString("owner"), leasedAt,
        utc(row, "until"), null, row.getInteger("timeout_seconds"), row.getInteger("expected_seconds"), utc(row, "run_after"),
        Source.name(row.getString("source")), row.getUUID("parent_job_id"), row.getString("flow_key"), row.getString("correlation_key"),
        row.getString("dedupe_key"), Json.raw(row.getString("progress")), utc(row, "progress_at"), row.getString("openclaw_task_ref"),
        row.getString("openclaw_session_key"), text(row, "openclaw_meta"), utc(row, "created_at"), leasedAt, null, null, null);
  }

  /** A row of {@code job.complete}: succeeded just now. JSON columns are text there. */
  static Job ofCompletion(Row row, Queue queue) {
    var completedAt = utc(row, "completed_at");
    return new Job(row.getUUID("id"), queue.namespace().value(), JobStatus.SUCCEEDED, queue.targetAgent(), queue.targetCapability(),
        queue.targetTag(), row.getString("subject"), row.getString("job_type"), queue.lane(), row.getInteger("priority"),
        text(row, "payload"), text(row, "state"), text(row, "result"), row.getString("summary"), row.getString("last_error"), null, null, null,
        null, row.getLong("fence"), row.getInteger("attempt"), row.getInteger("max_attempts"), null, utc(row, "leased_at"), null,
        utc(row, "running_at"), row.getInteger("timeout_seconds"), row.getInteger("expected_seconds"), utc(row, "run_after"),
        Source.name(row.getString("source")), row.getUUID("parent_job_id"), row.getString("flow_key"), row.getString("correlation_key"),
        row.getString("dedupe_key"), Json.raw(row.getString("progress")), utc(row, "progress_at"), row.getString("openclaw_task_ref"),
        row.getString("openclaw_session_key"), text(row, "openclaw_meta"), utc(row, "created_at"), completedAt, completedAt, null, null);
  }

  /** The same job with what an answer to enqueue adds. */
  static Job withEnqueueAnswer(Job j, @Nullable Boolean duplicate, @Nullable List<String> warnings) {
    return new Job(j.id(), j.namespace(), j.status(), j.targetAgent(), j.targetCapability(), j.targetTag(), j.subject(), j.jobType(), j.lane(),
        j.priority(), j.payload(), j.state(), j.result(), j.summary(), j.lastError(), j.blockedReason(), j.needs(), j.needsFrom(), j.reviewAt(),
        j.fence(), j.attemptCount(), j.maxAttempts(), j.leaseOwner(), j.leasedAt(), j.leasedUntil(), j.startedAt(), j.timeoutSeconds(),
        j.expectedSeconds(), j.runAfter(), j.sourceAgent(), j.parentJobId(), j.flowKey(), j.correlationKey(), j.dedupeKey(), j.progress(),
        j.progressAt(), j.openclawTaskRef(), j.openclawSessionKey(), j.openclawMeta(), j.createdAt(), j.updatedAt(), j.completedAt(), duplicate,
        warnings);
  }

  /** The job as the attempt left it that a row of {@code job.closing_of} tells of; what others did to it since is not shown. */
  static Job asLeft(Job j, Row closing, long closedFence) {
    var status = JobStatus.ofWire(closing.getString("job_status"));
    var ends = closing.getBoolean("ends");
    var fence = ends ? closedFence : null;
    if (j.status() == status && Objects.equals(j.fence(), fence)) {
      return j;
    }
    return new Job(j.id(), j.namespace(), status, j.targetAgent(), j.targetCapability(), j.targetTag(), j.subject(), j.jobType(), j.lane(),
        j.priority(), j.payload(), j.state(), ends ? text(closing, "result") : Json.raw("{}"), j.summary(), closing.getString("error"),
        j.blockedReason(), j.needs(), j.needsFrom(), j.reviewAt(), fence, j.attemptCount(), j.maxAttempts(), null, null, null, null,
        j.timeoutSeconds(), j.expectedSeconds(), j.runAfter(), j.sourceAgent(), j.parentJobId(), j.flowKey(), j.correlationKey(), j.dedupeKey(),
        j.progress(), j.progressAt(), j.openclawTaskRef(), j.openclawSessionKey(), j.openclawMeta(), j.createdAt(), j.updatedAt(),
        ends ? utc(closing, "finished_at") : null, j.duplicate(), j.warnings());
  }

  static @Nullable OffsetDateTime utc(Row row, String column) {
    var at = row.getOffsetDateTime(column);
    return at == null ? null : at.withOffsetSameInstant(ZoneOffset.UTC);
  }

  /** A jsonb column. The driver parses it; it is written again as text once. */
  private static com.fasterxml.jackson.databind.JsonNode tree(Row row, String column) {
    var value = row.getValue(column);
    return value == null ? Json.raw(null) : Json.raw(io.vertx.core.json.Json.encode(value == io.vertx.sqlclient.Tuple.JSON_NULL ? null : value));
  }

  private static com.fasterxml.jackson.databind.JsonNode text(Row row, String column) {
    var value = row.getString(column);
    return Json.raw(value == null ? "{}" : value);
  }
}
