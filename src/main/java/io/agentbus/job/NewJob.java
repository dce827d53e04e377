package io.agentbus.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Source;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A job ready to be written: everything that had to be looked up is resolved. @param source who asks, in full */
record NewJob(UUID id, Queue queue, int priority, @Nullable OffsetDateTime runAfter, int maxAttempts, @Nullable Integer timeoutSeconds,
    @Nullable Integer expectedSeconds, String jobType, String subject, String source, @Nullable UUID parentJobId, @Nullable String flowKey,
    @Nullable String correlationKey, @Nullable String dedupeKey, String payload, @Nullable String state, List<UUID> dependsOn, String actor,
    List<String> warnings) {

  boolean waits() {
    return !dependsOn.isEmpty();
  }

  /** The job as it is right after it was written, without reading it back. */
  Job asJob(OffsetDateTime createdAt, JobStatus status) {
    return new Job(id, queue.namespace().value(), status, queue.targetAgent(), queue.targetCapability(), queue.targetTag(), subject, jobType,
        queue.lane(), priority, raw(payload), raw(state == null ? "{}" : state), raw("{}"), null, null, null, null, null, null, null, 0,
        maxAttempts, null, null, null, null, timeoutSeconds, expectedSeconds, runAfter == null ? createdAt : runAfter, Source.name(source), parentJobId,
        flowKey, correlationKey, dedupeKey, null, null, null, null, raw("{}"), createdAt, createdAt, null, false,
        warnings.isEmpty() ? null : warnings);
  }

  private static JsonNode raw(String json) {
    return io.agentbus.op.Json.raw(json);
  }
}
