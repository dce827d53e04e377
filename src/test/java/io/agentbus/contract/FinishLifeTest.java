package io.agentbus.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.problem.ProblemCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How an attempt ends by its worker's word. */
class FinishLifeTest {
  private static final Map<String, String> VERBS = new TreeMap<>(Map.of("mark_running_job", "", "renew_job_lease", "", "report_progress",
      "'progress': {}", "complete_job", "", "block_job", "'blocked_reason': 'r'", "fail_job", "'last_error': 'e'", "release_job", ""));

  @ThroughEveryDoor
  void a_job_is_completed_with_all_that_follows_from_it(Life life) {
    var claimed = life.worker.claimNew("");
    var done = life.worker.say("complete_job", claimed, "'result': {'disk': 'full', 'n': 1.5}, 'summary': 'The disk is full.',"
        + " 'follow_ups': [{'subject': 'infra.clean', 'target_agent': 'worker', 'payload': {'host': 'db1'}}],"
        + " 'events': [{'topic': 'infra.checked', 'payload': {'host': 'db1'}}]");
    assertThat(done.get("status").asText()).isEqualTo("succeeded");
    assertThat(done.get("result")).isEqualTo(World.json("{'disk': 'full', 'n': 1.5}"));
    assertThat(done.get("summary").asText()).isEqualTo("The disk is full.");
    assertThat(done.get("completed_at").isNull()).isFalse();
    assertThat(life.operator.on("get_job", claimed, "")).isEqualTo(done);
    var next = life.worker.claim();
    assertThat(next.get("subject").asText()).isEqualTo("infra.clean");
    assertThat(next.get("parent_job_id")).isEqualTo(claimed.get("id"));
    assertThat(next.get("source_agent").asText()).isEqualTo("worker");
    assertThat(next.get("namespace").asText()).isEqualTo(life.namespace);
    life.order();
    var event = life.operator.call("list_events", "{'topic': 'infra.checked'}").at("/items/0");
    assertThat(event.get("source_job_id")).isEqualTo(claimed.get("id"));
    assertThat(event.get("source_agent").asText()).isEqualTo("worker");
  }

  @ThroughEveryDoor
  void a_finish_that_is_repeated_is_answered_with_the_first_answer(Life life) {
    for (var finish : List.of("complete_job", "fail_job", "block_job")) {
      var claimed = life.worker.claimNew("");
      var first = life.worker.say(finish, claimed, with(finish, "'follow_ups': [{'subject': 'follows', 'target_agent': 'nobody'}]"));
      assertThat(life.worker.say(finish, claimed, with(finish, "'follow_ups': [{'subject': 'follows', 'target_agent': 'nobody'}]"))).isEqualTo(first);
      assertThat(life.operator.call("list_jobs", "{'parent_job_id': " + claimed.get("id") + "}").get("items")).as("what follows").hasSize(1);
    }
  }

  @ThroughEveryDoor
  void an_attempt_that_was_given_up_and_is_given_up_again_is_answered_alike(Life life) {
    for (var finish : List.of("'last_error': 'e', 'retry_seconds': 3600", "")) {
      var verb = finish.isEmpty() ? "release_job" : "fail_job";
      var claimed = life.worker.claimNew("");
      var first = life.worker.say(verb, claimed, finish);
      assertThat(Instant.parse(first.get("updated_at").asText())).as("time does not run backwards").isAfterOrEqualTo(claimed.get("leased_at").asText());
      assertThat(life.worker.say(verb, claimed, finish)).isEqualTo(first);
      life.operator.on("cancel_job", claimed, "");
      var again = life.worker.say(verb, claimed, finish);
      assertThat(again.get("status")).as("whatever became of the job").isEqualTo(first.get("status"));
      assertThat(again.get("last_error")).isEqualTo(first.get("last_error"));
      assertThat(again.get("fence").isNull()).isTrue();
    }
  }

  @ThroughEveryDoor
  void whoever_comes_late_has_lost_the_lease_and_changes_nothing(Life life) {
    var first = life.worker.claimNew("");
    life.worker.say("fail_job", first, "'last_error': 'e', 'retry_seconds': 0");
    var second = life.worker.claim();
    VERBS.forEach((verb, fields) -> {
      if (!verb.equals("fail_job")) {
        var refusal = life.worker.refused(ProblemCode.LEASE_LOST, verb, Party.attempt(first, fields));
        assertThat(refusal.get("detail").asText()).contains("leased");
        assertThat(refusal.get("current_fence")).isEqualTo(second.get("fence"));
      }
    });
    life.worker.refused(ProblemCode.LEASE_LOST, "complete_job",
        Party.attempt(first, "'follow_ups': [{'subject': 'vain'}], 'events': [{'topic': 'infra.vain'}]"));
    life.order();
    assertThat(life.operator.call("list_jobs", "{'subject': 'vain'}").get("items")).isEmpty();
    assertThat(life.operator.call("list_events", "{'topic': 'infra.vain'}").get("items")).isEmpty();
    assertThat(life.operator.on("get_job", first, "").get("fence")).isEqualTo(second.get("fence"));
    assertThat(life.worker.say("complete_job", second, "").get("status").asText()).isEqualTo("succeeded");
  }

  @ThroughEveryDoor
  void nobody_but_the_holder_speaks_for_an_attempt(Life life) {
    var colleague = life.agent("colleague", "'concurrency': 0");
    var claimed = life.worker.claimNew("");
    VERBS.forEach((verb, fields) -> colleague.refused(ProblemCode.LEASE_LOST, verb, Party.attempt(claimed, fields)));
    VERBS.forEach((verb, fields) -> colleague.refused(ProblemCode.NOT_FOUND, verb,
        "{'job_id': '0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42', 'fence': 1" + (fields.isEmpty() ? "}" : ", " + fields + "}")));
    assertThat(life.operator.say("complete_job", claimed, "").get("status").asText()).as("an operator acts for the holder").isEqualTo("succeeded");
    colleague.refused(ProblemCode.LEASE_LOST, "complete_job", Party.attempt(claimed, ""));
  }

  @ThroughEveryDoor
  void a_finish_with_something_wrong_in_what_follows_ends_nothing(Life life) {
    var claimed = life.worker.claimNew("");
    life.worker.refused(ProblemCode.INVALID_INPUT, "complete_job", Party.attempt(claimed,
        "'follow_ups': [{'subject': 'vain'}], 'events': [{'topic': 'job.succeeded'}]"));
    life.worker.refused(ProblemCode.NOT_FOUND, "complete_job", Party.attempt(claimed,
        "'events': [{'topic': 'infra.vain'}], 'follow_ups': [{'subject': 'vain', 'namespace': 'globex'}]"));
    life.order();
    assertThat(life.operator.status(claimed)).isEqualTo("leased");
    assertThat(life.operator.call("list_jobs", "{'subject': 'vain'}").get("items")).isEmpty();
    assertThat(life.operator.call("list_events", "{'topic': 'infra.vain'}").get("items")).isEmpty();
  }

  @ThroughEveryDoor
  void of_many_finishes_each_is_judged_alone(Life life) {
    var good = life.worker.claimNew("");
    var stale = life.worker.claimNew("");
    life.worker.say("release_job", stale, "");
    var entries = life.worker.call("complete_jobs", "{'jobs': [" + Party.attempt(stale, "") + ", " + Party.attempt(good, "'result': {'n': 1}") + ", "
        + Party.attempt(good, "") + ", {'job_id': '0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42', 'fence': 1}]}").get("jobs");
    assertThat(entries.findValuesAsText("code")).containsExactly("lease_lost", "null", "null", "not_found");
    assertThat(entries.findValuesAsText("status")).containsExactly("queued", "succeeded", "succeeded", "null");
    assertThat(life.operator.on("get_job", good, "").at("/result/n").asInt()).isEqualTo(1);
  }

  @ThroughEveryDoor
  void a_failed_attempt_is_tried_again_when_its_worker_says_so(Life life) {
    var first = life.worker.claimNew("'max_attempts': 3");
    var queued = life.worker.say("fail_job", first, "'last_error': 'boom', 'retry': true");
    assertThat(queued.get("status").asText()).isEqualTo("queued");
    assertThat(queued.get("attempt_count").asInt()).isEqualTo(1);
    assertThat(queued.get("last_error").asText()).isEqualTo("boom");
    assertThat(until(queued)).as("the policy's back-off").isBetween(Duration.ofSeconds(-5), Duration.ofSeconds(15));
    life.operator.on("cancel_job", first, "");
    var second = life.worker.claimNew("");
    assertThat(until(life.worker.say("fail_job", second, "'last_error': 'boom', 'retry': true, 'retry_seconds': 3600")))
        .as("the worker's word goes first").isBetween(Duration.ofSeconds(3_590), Duration.ofSeconds(3_601));
    var third = life.worker.claimNew("");
    life.worker.say("fail_job", third, "'last_error': 'boom', 'retry_seconds': 0");
    assertThat(life.worker.claim().get("attempt_count").asInt()).isEqualTo(2);
  }

  @ThroughEveryDoor
  void a_job_that_can_never_work_is_failed(Life life) {
    for (var more : List.of("", ", 'retry': false")) {
      var claimed = life.worker.claimNew("");
      var failed = life.worker.say("fail_job", claimed, "'last_error': 'no such host'" + more);
      assertThat(failed.get("status").asText()).isEqualTo("failed");
      assertThat(failed.get("last_error").asText()).isEqualTo("no such host");
      assertThat(failed.get("completed_at").isNull()).isFalse();
    }
  }

  @ThroughEveryDoor
  void a_job_without_attempts_left_is_dead(Life life) {
    var claimed = life.worker.claimNew("'max_attempts': 1");
    assertThat(life.worker.say("fail_job", claimed, "'last_error': 'boom', 'retry': true").get("status").asText()).isEqualTo("dead");
    var explained = life.operator.on("explain_job", claimed, "");
    assertThat(explained.at("/blockers/0/kind").asText()).isEqualTo("ended");
    assertThat(explained.at("/blockers/0/clears").asText()).contains("retry_job");
  }

  @ThroughEveryDoor
  void a_released_attempt_does_not_count(Life life) {
    var claimed = life.worker.claimNew("'max_attempts': 1");
    var released = life.worker.say("release_job", claimed, "'reason': 'too busy'");
    assertThat(released.get("status").asText()).isEqualTo("queued");
    assertThat(released.get("attempt_count").asInt()).isZero();
    var again = life.worker.claim();
    assertThat(again.get("attempt_count").asInt()).isEqualTo(1);
    assertThat(until(life.worker.say("release_job", again, "'delay_seconds': 3600"))).isBetween(Duration.ofSeconds(3_590), Duration.ofSeconds(3_601));
    var attempts = life.operator.on("job_timeline", claimed, "").get("attempts");
    assertThat(attempts.findValuesAsText("counted")).containsExactly("false", "false");
    assertThat(attempts.findValuesAsText("status")).containsExactly("cancelled", "cancelled");
  }

  @ThroughEveryDoor
  void a_blocked_job_says_what_it_needs_and_from_whom_until_it_is_unblocked(Life life) {
    var claimed = life.worker.claimNew("'max_attempts': 1");
    var blocked = life.worker.say("block_job", claimed,
        "'blocked_reason': 'no key for the host', 'needs': 'a key', 'needs_from': 'security', 'review_after_seconds': 3600");
    assertThat(blocked.get("status").asText()).isEqualTo("blocked");
    assertThat(blocked.get("blocked_reason").asText()).isEqualTo("no key for the host");
    assertThat(blocked.get("needs").asText()).isEqualTo("a key");
    assertThat(blocked.get("needs_from").asText()).isEqualTo("security");
    assertThat(blocked.get("attempt_count").asInt()).isZero();
    assertThat(life.worker.call("claim_jobs", "{}").get("jobs")).isEmpty();
    var explained = life.operator.on("explain_job", claimed, "");
    assertThat(explained.at("/blockers/0/kind").asText()).isEqualTo("blocked");
    assertThat(explained.get("summary").asText()).contains("no key for the host");
    var free = life.operator.on("unblock_job", claimed, "'reason': 'the key is there'");
    assertThat(free.get("status").asText()).isEqualTo("queued");
    assertThat(free.get("blocked_reason").isNull()).isTrue();
    life.operator.refused(ProblemCode.INVALID_TRANSITION, "unblock_job", Party.ref(claimed, ""));
    assertThat(life.worker.claim().get("attempt_count").asInt()).isEqualTo(1);
  }

  @ThroughEveryDoor
  void a_blocked_job_is_looked_at_again_as_it_was_blocked_to_be(Life life) {
    var again = life.worker.claimNew("");
    life.worker.say("block_job", again, "'blocked_reason': 'r', 'review_after_seconds': 3600");
    life.reviewComes(again);
    assertThat(life.operator.status(again)).isEqualTo("queued");
    life.operator.on("cancel_job", again, "");
    var dead = life.worker.claimNew("");
    life.worker.say("block_job", dead, "'blocked_reason': 'r', 'review_after_seconds': 3600, 'on_review': 'dead'");
    life.reviewComes(dead);
    assertThat(life.operator.status(dead)).isEqualTo("dead");
  }

  private static String with(String verb, String more) {
    var fields = VERBS.get(verb);
    return fields.isEmpty() ? more : fields + ", " + more;
  }

  private static Duration until(JsonNode job) {
    return Duration.between(Instant.now(), Instant.parse(job.get("run_after").asText()));
  }
}
