package io.agentbus.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.problem.ProblemCode;

/** Somebody with a token, who calls through the door of a {@link Life}. Inputs are JSON, in which quotes may be single. */
record Party(Life life, String name, String token) {
  /** Makes a call that is taken. */
  JsonNode call(String operation, String input) {
    return call(operation, input, "");
  }

  /** @param key Idempotency-Key */
  JsonNode call(String operation, String input, String key) {
    var answer = life.ask(this, operation, input, key);
    assertThat(answer.refused()).as(operation + " " + input + ": " + answer.body()).isFalse();
    return answer.body();
  }

  /** Makes a call that is refused and answers the problem. */
  ObjectNode refused(ProblemCode code, String operation, String input) {
    return refused(code, operation, input, "");
  }

  ObjectNode refused(ProblemCode code, String operation, String input, String key) {
    var answer = life.ask(this, operation, input, key);
    assertThat(answer.refused()).as(operation + " " + input + ": " + answer.body()).isTrue();
    assertThat(answer.code()).as(answer.body().toString()).isEqualTo(code.wire());
    assertThat(answer.status()).isEqualTo(life.status(code));
    return (ObjectNode) answer.body();
  }

  /** Enqueues a job for the agent {@code worker}. @param more further fields, or empty */
  JsonNode enqueue(String more) {
    return call("enqueue_job", "{'subject': 'infra.check', 'target_agent': 'worker'" + and(more) + "}");
  }

  /** Claims one job, which must be there. */
  JsonNode claim() {
    var jobs = call("claim_jobs", "{}").get("jobs");
    assertThat(jobs).hasSize(1);
    return jobs.get(0);
  }

  /** Enqueues a job for the agent {@code worker}, which this is, and claims it. */
  JsonNode claimNew(String more) {
    var job = life.operator.enqueue(more);
    var claimed = claim();
    assertThat(claimed.get("id")).isEqualTo(job.get("id"));
    return claimed;
  }

  /** A worker verb on a claimed job, which is taken. */
  JsonNode say(String verb, JsonNode claimed, String more) {
    return call(verb, attempt(claimed, more));
  }

  /** A verb on a job, which is taken. */
  JsonNode on(String verb, JsonNode job, String more) {
    return call(verb, ref(job, more));
  }

  String status(JsonNode job) {
    return on("get_job", job, "").get("status").asText();
  }

  static String ref(JsonNode job, String more) {
    return "{'job_id': " + job.get("id") + and(more) + "}";
  }

  static String attempt(JsonNode claimed, String more) {
    return "{'job_id': " + claimed.get("id") + ", 'fence': " + claimed.get("fence") + and(more) + "}";
  }

  private static String and(String more) {
    return more.isEmpty() ? "" : ", " + more;
  }
}
