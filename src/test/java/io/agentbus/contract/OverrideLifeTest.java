package io.agentbus.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.problem.ProblemCode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** What others than the holder do to a job. */
class OverrideLifeTest {
  @ThroughEveryDoor
  void a_queued_job_is_cancelled_and_never_claimed(Life life) {
    var job = life.operator.enqueue("'dedupe_key': 'k'");
    var cancelled = life.operator.on("cancel_job", job, "'reason': 'not wanted'");
    assertThat(cancelled.get("status").asText()).isEqualTo("cancelled");
    assertThat(cancelled.get("last_error").asText()).contains("not wanted");
    assertThat(cancelled.get("completed_at").isNull()).isFalse();
    assertThat(life.worker.call("claim_jobs", "{}").get("jobs")).isEmpty();
    assertThat(life.operator.on("cancel_job", job, "")).as("said again").isEqualTo(cancelled);
    assertThat(life.operator.enqueue("'dedupe_key': 'k'").get("duplicate").asBoolean(true)).isFalse();
  }

  @ThroughEveryDoor
  void the_worker_of_a_cancelled_job_hears_that_it_is_cancelled(Life life) {
    for (var begins : List.of(true, false)) {
      var claimed = life.worker.claimNew("");
      if (begins) {
        life.worker.say("mark_running_job", claimed, "");
      }
      life.operator.on("cancel_job", claimed, "");
      for (var verb : List.of("renew_job_lease", "mark_running_job", "complete_job", "release_job")) {
        assertThat(life.worker.refused(ProblemCode.LEASE_LOST, verb, Party.attempt(claimed, "")).get("detail").asText()).contains("cancelled");
      }
      life.worker.refused(ProblemCode.LEASE_LOST, "report_progress", Party.attempt(claimed, "'progress': {}"));
      life.worker.refused(ProblemCode.LEASE_LOST, "fail_job", Party.attempt(claimed, "'last_error': 'e', 'retry': true"));
      assertThat(life.operator.status(claimed)).isEqualTo("cancelled");
      assertThat(life.operator.on("job_timeline", claimed, "").at("/attempts/0/status").asText()).isEqualTo("cancelled");
    }
  }

  @ThroughEveryDoor
  void a_job_that_has_ended_is_not_cancelled(Life life) {
    var claimed = life.worker.claimNew("");
    life.worker.say("complete_job", claimed, "");
    var refusal = life.operator.refused(ProblemCode.INVALID_TRANSITION, "cancel_job", Party.ref(claimed, ""));
    assertThat(refusal.get("detail").asText()).contains("succeeded");
    life.operator.refused(ProblemCode.INVALID_TRANSITION, "kill_job", Party.ref(claimed, ""));
    assertThat(life.operator.status(claimed)).isEqualTo("succeeded");
  }

  @ThroughEveryDoor
  void only_an_operator_kills_a_job_which_is_dead_then(Life life) {
    var claimed = life.worker.claimNew("");
    life.worker.refused(ProblemCode.FORBIDDEN, "kill_job", Party.ref(claimed, ""));
    assertThat(life.operator.on("kill_job", claimed, "'reason': 'runs wild'").get("status").asText()).isEqualTo("dead");
    assertThat(life.worker.refused(ProblemCode.LEASE_LOST, "renew_job_lease", Party.attempt(claimed, "")).get("detail").asText()).contains("dead");
    assertThat(life.operator.on("kill_job", claimed, "").get("status").asText()).as("said again").isEqualTo("dead");
  }

  @ThroughEveryDoor
  void who_asked_for_a_job_and_whom_it_is_for_may_cancel_it_and_nobody_else(Life life) {
    var asker = life.agent("asker", "'concurrency': 0");
    var colleague = life.agent("colleague", "'concurrency': 0");
    var first = asker.enqueue("");
    colleague.refused(ProblemCode.FORBIDDEN, "cancel_job", Party.ref(first, ""));
    assertThat(asker.on("cancel_job", first, "").get("status").asText()).isEqualTo("cancelled");
    var second = asker.enqueue("");
    assertThat(life.worker.on("cancel_job", second, "").get("status").asText()).isEqualTo("cancelled");
    life.operator.refused(ProblemCode.NOT_FOUND, "cancel_job", "{'job_id': '0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42'}");
  }

  @ThroughEveryDoor
  void a_job_that_nobody_holds_is_given_to_somebody_else(Life life) {
    var colleague = life.agent("colleague", "'concurrency': 0");
    var job = life.operator.enqueue("");
    assertThat(life.operator.on("reassign_job", job, "'target_agent': 'colleague'").get("target_agent").asText()).isEqualTo("colleague");
    assertThat(life.worker.call("claim_jobs", "{}").get("jobs")).isEmpty();
    var claimed = colleague.claim();
    assertThat(claimed.get("id")).isEqualTo(job.get("id"));
    life.operator.refused(ProblemCode.INVALID_TRANSITION, "reassign_job", Party.ref(job, "'target_agent': 'worker'"));
    colleague.say("block_job", claimed, "'blocked_reason': 'not mine'");
    var moved = life.operator.on("reassign_job", job, "'target_agent': 'worker'");
    assertThat(moved.get("status").asText()).as("a blocked one is queued again").isEqualTo("queued");
    var done = life.worker.claim();
    life.worker.say("complete_job", done, "");
    life.operator.refused(ProblemCode.INVALID_TRANSITION, "reassign_job", Party.ref(job, "'target_agent': 'worker'"));
    life.operator.refused(ProblemCode.INVALID_INPUT, "reassign_job", Party.ref(job, ""));
    life.operator.refused(ProblemCode.INVALID_INPUT, "reassign_job", Party.ref(job, "'target_agent': 'worker', 'target_tag': 'night'"));
  }

  @ThroughEveryDoor
  void a_job_given_to_nobody_known_is_warned_of(Life life) {
    var job = life.operator.enqueue("");
    assertThat(life.operator.on("reassign_job", job, "'target_agent': 'nobody'").at("/warnings/0").asText()).contains("'nobody'");
  }

  @ThroughEveryDoor
  void an_operator_moves_a_job_in_its_line(Life life) {
    var first = life.operator.enqueue("");
    var second = life.operator.enqueue("");
    life.worker.refused(ProblemCode.FORBIDDEN, "reprioritize_job", Party.ref(second, "'priority': 500"));
    assertThat(life.operator.on("reprioritize_job", second, "'priority': 500").get("priority").asInt()).isEqualTo(500);
    assertThat(life.worker.claim().get("id")).isEqualTo(second.get("id"));
    life.operator.refused(ProblemCode.INVALID_TRANSITION, "reprioritize_job", Party.ref(second, "'priority': 5"));
    life.operator.refused(ProblemCode.INVALID_INPUT, "reprioritize_job", Party.ref(first, "'priority': 1001"));
  }

  @ThroughEveryDoor
  void an_operator_reopens_what_ended_badly_with_its_attempts_counted_anew(Life life) {
    var dead = life.worker.claimNew("'max_attempts': 1");
    life.worker.say("fail_job", dead, "'last_error': 'boom', 'retry': true");
    life.worker.refused(ProblemCode.FORBIDDEN, "retry_job", Party.ref(dead, ""));
    var reopened = life.operator.on("retry_job", dead, "'reason': 'mended'");
    assertThat(reopened.get("status").asText()).isEqualTo("queued");
    assertThat(reopened.get("attempt_count").asInt()).isZero();
    assertThat(reopened.get("completed_at").isNull()).isTrue();
    life.operator.refused(ProblemCode.INVALID_TRANSITION, "retry_job", Party.ref(dead, ""));
    var second = life.worker.claim();
    assertThat(second.get("attempt_count").asInt()).isEqualTo(1);
    life.worker.refused(ProblemCode.LEASE_LOST, "complete_job", Party.attempt(dead, ""));
    var repeated = life.worker.say("fail_job", dead, "'last_error': 'boom', 'retry': true");
    assertThat(repeated.get("status").asText()).as("as it was left then").isEqualTo("dead");
    assertThat(repeated.get("fence")).isEqualTo(dead.get("fence"));
    assertThat(repeated.get("lease_owner").isNull()).isTrue();
    life.worker.say("fail_job", second, "'last_error': 'never'");
    assertThat(life.operator.on("retry_job", dead, "").get("status").asText()).as("a failed one").isEqualTo("queued");
    life.operator.on("cancel_job", dead, "");
    var later = Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
    var again = life.operator.on("retry_job", dead, "'run_after': '" + later + "'");
    assertThat(Instant.parse(again.get("run_after").asText())).as("a cancelled one, later").isEqualTo(later);
    life.becomesDue(again);
    life.worker.say("complete_job", life.worker.claim(), "");
    life.operator.refused(ProblemCode.INVALID_TRANSITION, "retry_job", Party.ref(dead, ""));
    assertThat(life.operator.on("job_timeline", dead, "").get("attempts")).hasSize(3);
  }

  @ThroughEveryDoor
  void a_job_is_not_reopened_while_another_is_active_with_its_key(Life life) {
    var job = life.operator.enqueue("'dedupe_key': 'k'");
    life.operator.on("cancel_job", job, "");
    var other = life.operator.enqueue("'dedupe_key': 'k'");
    life.operator.refused(ProblemCode.DUPLICATE_CONFLICT, "retry_job", Party.ref(job, ""));
    life.operator.on("cancel_job", other, "");
    assertThat(life.operator.on("retry_job", job, "").get("status").asText()).isEqualTo("queued");
  }
}
