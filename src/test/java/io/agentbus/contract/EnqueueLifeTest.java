package io.agentbus.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.problem.ProblemCode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What becomes of a job when it is asked for. */
class EnqueueLifeTest {
  @ThroughEveryDoor
  void a_job_of_which_only_the_subject_is_said_has_the_usual_properties(Life life) {
    var job = life.operator.call("enqueue_job", "{'subject': 'infra.check'}");
    assertThat(job.get("status").asText()).isEqualTo("queued");
    assertThat(job.get("namespace").asText()).isEqualTo(life.namespace);
    assertThat(job.get("job_type").asText()).isEqualTo("reactive");
    assertThat(job.get("lane").asText()).isEqualTo("reactive");
    assertThat(job.get("priority").asInt()).isEqualTo(100);
    assertThat(job.get("max_attempts").asInt()).isEqualTo(5);
    assertThat(job.get("attempt_count").asInt()).isZero();
    assertThat(job.get("payload")).isEmpty();
    assertThat(job.get("target_agent").isNull()).isTrue();
    assertThat(job.get("source_agent").asText()).startsWith("operator");
    assertThat(job.get("duplicate").asBoolean(true)).isFalse();
    assertThat(job.has("warnings")).isFalse();
    assertThat(job.get("run_after")).isEqualTo(job.get("created_at"));
  }

  @ThroughEveryDoor
  void a_job_keeps_all_that_was_said_of_it(Life life) {
    var later = Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
    var parent = life.operator.enqueue("");
    var job = life.operator.enqueue("'job_type': 'dev.code_change', 'priority': 7, 'run_after': '" + later + "', 'payload': {'n': 1, 'x': 0.5,"
        + " 'list': [true, null], 'text': 'ünï'}, 'state': {'step': 2}, 'dedupe_key': 'k', 'flow_key': 'f', 'correlation_key': 'c', 'parent_job_id': "
        + parent.get("id") + ", 'max_attempts': 2, 'timeout_seconds': 60, 'expected_seconds': 30");
    assertThat(job.get("lane").asText()).isEqualTo("coding");
    assertThat(job.get("priority").asInt()).isEqualTo(7);
    assertThat(Instant.parse(job.get("run_after").asText())).isEqualTo(later);
    assertThat(job.get("payload")).isEqualTo(World.json("{'n': 1, 'x': 0.5, 'list': [true, null], 'text': 'ünï'}"));
    assertThat(job.get("parent_job_id")).isEqualTo(parent.get("id"));
    var read = life.worker.on("get_job", job, "");
    for (var field : read.properties()) {
      if (!field.getKey().equals("duplicate")) {
        assertThat(field.getValue()).as(field.getKey()).isEqualTo(job.get(field.getKey()));
      }
    }
  }

  @ThroughEveryDoor
  void the_same_dedupe_key_answers_the_active_job_until_it_has_ended(Life life) {
    var job = life.operator.enqueue("'dedupe_key': 'k'");
    var claimed = life.worker.claim();
    var same = life.worker.enqueue("'dedupe_key': 'k', 'priority': 9");
    assertThat(same.get("id")).isEqualTo(job.get("id"));
    assertThat(same.get("duplicate").asBoolean()).isTrue();
    assertThat(same.get("status").asText()).isEqualTo("leased");
    assertThat(same.get("priority").asInt()).isEqualTo(100);
    assertThat(life.operator.call("enqueue_job", "{'subject': 's', 'dedupe_key': 'k'}").get("duplicate").asBoolean()).as("for another target").isFalse();
    life.worker.say("complete_job", claimed, "");
    var next = life.operator.enqueue("'dedupe_key': 'k'");
    assertThat(next.get("duplicate").asBoolean()).isFalse();
    assertThat(next.get("id")).isNotEqualTo(job.get("id"));
  }

  @ThroughEveryDoor
  void a_call_that_is_repeated_with_its_key_gets_the_first_answer_again(Life life) {
    var input = "{'subject': 'infra.check', 'target_agent': 'worker'}";
    var first = life.operator.call("enqueue_job", input, "key-1");
    life.operator.on("cancel_job", first, "");
    assertThat(life.operator.call("enqueue_job", input, "key-1")).isEqualTo(first);
    life.operator.refused(ProblemCode.IDEMPOTENCY_MISMATCH, "enqueue_job", "{'subject': 'other'}", "key-1");
    assertThat(life.worker.call("enqueue_job", input, "key-1").get("id")).as("another's key is another").isNotEqualTo(first.get("id"));
    assertThat(life.operator.call("list_jobs", "{'subject': 'other'}").get("items")).isEmpty();
  }

  @ThroughEveryDoor
  void an_agent_that_nobody_knows_is_warned_of_and_shown_as_the_cause(Life life) {
    var job = life.operator.call("enqueue_job", "{'subject': 'infra.check', 'target_agent': 'nobody'}");
    assertThat(job.get("status").asText()).isEqualTo("queued");
    assertThat(job.at("/warnings/0").asText()).contains("'nobody'");
    var explained = life.operator.on("explain_job", job, "");
    assertThat(explained.get("claimable").asBoolean()).isFalse();
    assertThat(explained.at("/blockers/0/kind").asText()).isEqualTo("no_agent");
  }

  @ThroughEveryDoor
  void a_job_for_later_is_not_claimed_before_its_time(Life life) {
    var job = life.operator.enqueue("'run_after': '" + Instant.now().plus(1, ChronoUnit.HOURS) + "'");
    assertThat(job.get("status").asText()).isEqualTo("queued");
    assertThat(life.worker.call("claim_jobs", "{}").get("jobs")).isEmpty();
    assertThat(life.operator.on("explain_job", job, "").at("/blockers/0/kind").asText()).isEqualTo("not_due");
    life.becomesDue(job);
    assertThat(life.worker.claim().get("id")).isEqualTo(job.get("id"));
  }

  @ThroughEveryDoor
  void jobs_are_claimed_by_priority_then_time_then_age(Life life) {
    var low = life.operator.enqueue("'priority': 1");
    var second = life.operator.enqueue("");
    var third = life.operator.call("enqueue_job", "{'subject': 'for anybody'}");
    var first = life.operator.enqueue("'priority': 1000");
    var earlier = life.operator.enqueue("'run_after': '2026-01-01T00:00:00Z'");
    var jobs = life.worker.call("claim_jobs", "{'limit': 10}").get("jobs");
    assertThat(jobs.findValues("id")).containsExactly(first.get("id"), earlier.get("id"), second.get("id"), third.get("id"), low.get("id"));
  }

  @ThroughEveryDoor
  void a_job_goes_to_whom_it_is_addressed_to(Life life) {
    var able = life.agent("able", "'concurrency': 0, 'capabilities': ['translate'], 'tags': ['night']");
    var capability = life.operator.call("enqueue_job", "{'subject': 'a', 'target_capability': 'translate'}");
    var tag = life.operator.call("enqueue_job", "{'subject': 'b', 'target_tag': 'night'}");
    assertThat(life.worker.call("claim_jobs", "{'limit': 10}").get("jobs")).isEmpty();
    assertThat(able.call("claim_jobs", "{'limit': 10}").get("jobs").findValues("id")).containsExactly(capability.get("id"), tag.get("id"));
    life.operator.refused(ProblemCode.INVALID_INPUT, "enqueue_job", "{'subject': 's', 'target_agent': 'worker', 'target_tag': 'night'}");
  }

  @ThroughEveryDoor
  void many_jobs_are_put_in_all_or_none(Life life) {
    var jobs = life.operator.call("enqueue_jobs", "{'jobs': [{'ref': 'a', 'subject': 'bulk a', 'target_agent': 'worker'},"
        + " {'ref': 'b', 'subject': 'bulk b', 'target_agent': 'worker', 'depends_on': ['a']},"
        + " {'subject': 'bulk c', 'target_agent': 'nobody'}]}").get("jobs");
    assertThat(jobs.findValuesAsText("subject")).containsExactly("bulk a", "bulk b", "bulk c");
    assertThat(jobs.findValuesAsText("status")).containsExactly("queued", "waiting", "queued");
    assertThat(jobs.get(2).get("warnings")).hasSize(1);
    var refusal = life.operator.refused(ProblemCode.INVALID_INPUT, "enqueue_jobs",
        "{'jobs': [{'subject': 'vain'}, {'subject': 'vain', 'priority': 1001}, {'subject': 'vain'}]}");
    assertThat(refusal.at("/errors/0/pointer").asText()).isEqualTo("/jobs/1/priority");
    life.operator.refused(ProblemCode.INVALID_INPUT, "enqueue_jobs",
        "{'jobs': [{'ref': 'a', 'subject': 'vain', 'depends_on': ['b']}, {'ref': 'b', 'subject': 'vain', 'depends_on': ['a']}]}");
    life.operator.refused(ProblemCode.INVALID_INPUT, "enqueue_jobs",
        "{'jobs': [{'subject': 'vain'}, {'subject': 'vain', 'depends_on': ['0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42']}]}");
    life.operator.refused(ProblemCode.INVALID_INPUT, "enqueue_jobs", "{'jobs': []}");
    assertThat(life.operator.call("list_jobs", "{'subject': 'vain'}").get("items")).isEmpty();
  }

  @ThroughEveryDoor
  void the_source_is_the_token_and_only_an_operator_may_name_another(Life life) {
    assertThat(life.worker.enqueue("").get("source_agent").asText()).isEqualTo("worker");
    assertThat(life.worker.enqueue("'source_agent': 'worker'").get("source_agent").asText()).isEqualTo("worker");
    life.worker.refused(ProblemCode.FORBIDDEN, "enqueue_job", "{'subject': 's', 'source_agent': 'other'}");
    assertThat(life.operator.enqueue("'source_agent': 'worker'").get("source_agent").asText()).isEqualTo("worker");
    life.worker.refused(ProblemCode.NOT_FOUND, "enqueue_job", "{'subject': 's', 'namespace': 'globex'}");
  }
}
