package io.agentbus.work;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A claimed job.
 *
 * @param job as the claim answered it
 * @param id of the job
 * @param fence of the lease
 * @param attempt number of the attempt
 * @param timeout longest run that the job allows, counted from the lease; null for none
 */
record Held(JsonNode job, String id, long fence, int attempt, @Nullable Duration timeout) {
  static Held of(JsonNode job) {
    var limit = job.path("timeout_seconds");
    return new Held(job, job.path("id").asText(), job.path("fence").asLong(), job.path("attempt_count").asInt(),
        limit.isNumber() ? Duration.ofMillis((long) (limit.asDouble() * 1000)) : null);
  }
}
