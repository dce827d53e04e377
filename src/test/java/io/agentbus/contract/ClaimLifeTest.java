package io.agentbus.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.problem.ProblemCode;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Executors;

/** How an agent gets its work, and what it says while it has it. */
class ClaimLifeTest {
  @ThroughEveryDoor
  void a_claim_opens_a_lease_with_a_fence_that_grows(Life life) {
    var job = life.operator.enqueue("'payload': {'host': 'db1'}");
    var claimed = life.worker.claim();
    assertThat(claimed.get("id")).isEqualTo(job.get("id"));
    assertThat(claimed.get("status").asText()).isEqualTo("leased");
    assertThat(claimed.get("attempt_count").asInt()).isEqualTo(1);
    assertThat(claimed.get("lease_owner").asText()).isEqualTo(life.namespace + "/worker");
    assertThat(claimed.at("/payload/host").asText()).isEqualTo("db1");
    assertThat(length(claimed)).isEqualTo(Duration.ofSeconds(600));
    assertThat(life.operator.on("get_job", claimed, "")).isEqualTo(claimed);
    assertThat(life.worker.call("claim_jobs", "{}").get("jobs")).isEmpty();
    life.worker.say("release_job", claimed, "");
    var again = life.worker.call("claim_jobs", "{'lease_seconds': 60}").at("/jobs/0");
    assertThat(again.get("fence").asLong()).isGreaterThan(claimed.get("fence").asLong());
    assertThat(length(again)).isEqualTo(Duration.ofSeconds(60));
  }

  @ThroughEveryDoor
  void an_agent_holds_no_more_jobs_than_its_limit(Life life) {
    var limited = life.agent("limited", "'concurrency': 2");
    for (var i = 0; i < 3; i++) {
      life.operator.call("enqueue_job", "{'subject': 's', 'target_agent': 'limited'}");
    }
    var held = limited.call("claim_jobs", "{'limit': 10}").get("jobs");
    assertThat(held).hasSize(2);
    assertThat(limited.call("claim_jobs", "{'limit': 10}").get("jobs")).isEmpty();
    limited.say("complete_job", held.get(0), "");
    assertThat(limited.call("claim_jobs", "{'limit': 10}").get("jobs")).hasSize(1);
  }

  @ThroughEveryDoor
  void a_claim_that_waited_in_vain_answers_nothing(Life life) {
    var before = Instant.now();
    assertThat(life.worker.call("claim_jobs", "{'wait_seconds': 1}").get("jobs")).isEmpty();
    assertThat(Duration.between(before, Instant.now())).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
  }

  @ThroughEveryDoor
  void a_claim_that_waits_gets_the_work_that_comes(Life life) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = threads.submit(() -> life.worker.call("claim_jobs", "{'wait_seconds': 20}"));
      life.enqueueAside();
      assertThat(waiting.get().get("jobs")).hasSize(1);
    }
  }

  @ThroughEveryDoor
  void the_same_claim_id_answers_the_same_open_leases(Life life) {
    life.operator.enqueue("");
    life.operator.enqueue("");
    life.operator.enqueue("");
    var claim = "{'limit': 2, 'claim_id': '" + UUID.randomUUID() + "'}";
    var jobs = life.worker.call("claim_jobs", claim).get("jobs");
    assertThat(jobs).hasSize(2);
    assertThat(life.worker.call("claim_jobs", claim).get("jobs")).isEqualTo(jobs);
    life.worker.say("complete_job", jobs.get(0), "");
    assertThat(life.worker.call("claim_jobs", claim).get("jobs")).as("what is still open").containsExactly(jobs.get(1));
    assertThat(life.agent("colleague", "'concurrency': 0").call("claim_jobs", claim).get("jobs")).as("nobody else's").isEmpty();
  }

  @ThroughEveryDoor
  void a_claim_and_a_finish_that_are_repeated_with_their_keys_get_their_first_answers(Life life) {
    life.operator.enqueue("");
    life.operator.enqueue("");
    var jobs = life.worker.call("claim_jobs", "{}", "claim-1").get("jobs");
    assertThat(life.worker.call("claim_jobs", "{}", "claim-1").get("jobs")).isEqualTo(jobs);
    var claimed = jobs.get(0);
    var done = life.worker.call("complete_job", Party.attempt(claimed, "'result': {'n': 1}"), "finish-1");
    assertThat(life.worker.call("complete_job", Party.attempt(claimed, "'result': {'n': 1}"), "finish-1")).isEqualTo(done);
    life.worker.refused(ProblemCode.IDEMPOTENCY_MISMATCH, "complete_job", Party.attempt(claimed, "'result': {'n': 2}"), "finish-1");
  }

  @ThroughEveryDoor
  void only_an_operator_claims_for_another(Life life) {
    life.operator.enqueue("");
    life.worker.refused(ProblemCode.FORBIDDEN, "claim_jobs", "{'target_agent': 'other'}");
    life.operator.refused(ProblemCode.INVALID_INPUT, "claim_jobs", "{}");
    var jobs = life.operator.call("claim_jobs", "{'target_agent': 'worker'}").get("jobs");
    assertThat(jobs).hasSize(1);
    assertThat(life.worker.say("complete_job", jobs.get(0), "").get("status").asText()).isEqualTo("succeeded");
  }

  @ThroughEveryDoor
  void a_claim_is_kept_within_its_limits(Life life) {
    for (var wrong : new String[] {"'limit': 101", "'limit': 0", "'lease_seconds': 86401", "'lease_seconds': 0", "'wait_seconds': 61"}) {
      life.worker.refused(ProblemCode.INVALID_INPUT, "claim_jobs", "{" + wrong + "}");
    }
  }

  @ThroughEveryDoor
  void the_work_has_begun_once_however_often_that_is_said(Life life) {
    var claimed = life.worker.claimNew("");
    var running = life.worker.say("mark_running_job", claimed, "'summary': 'at it'");
    assertThat(running.get("status").asText()).isEqualTo("running");
    assertThat(running.get("summary").asText()).isEqualTo("at it");
    assertThat(running.get("fence")).isEqualTo(claimed.get("fence"));
    var again = life.worker.say("mark_running_job", claimed, "");
    assertThat(again.get("started_at")).isEqualTo(running.get("started_at"));
    assertThat(life.operator.on("job_timeline", claimed, "").get("changes").findValuesAsText("action"))
        .containsExactly("enqueue_job", "claim_jobs", "mark_running_job");
  }

  @ThroughEveryDoor
  void how_far_the_work_is_can_be_read(Life life) {
    var claimed = life.worker.claimNew("'state': {'step': 1}");
    var kept = life.worker.say("report_progress", claimed, "'progress': {'done': 3, 'of': 10}, 'summary': 'a third'");
    assertThat(kept.get("id")).isEqualTo(claimed.get("id"));
    var job = life.operator.on("get_job", claimed, "");
    assertThat(job.get("progress")).isEqualTo(World.json("{'done': 3, 'of': 10}"));
    assertThat(job.get("progress_at")).isEqualTo(kept.get("progress_at"));
    assertThat(job.at("/state/step").asInt()).isEqualTo(1);
    life.worker.say("report_progress", claimed, "'progress': {'done': 4}, 'state': {'step': 2}");
    assertThat(life.operator.on("get_job", claimed, "").at("/state/step").asInt()).isEqualTo(2);
    life.worker.say("release_job", claimed, "");
    var again = life.worker.claim();
    assertThat(again.at("/state/step").asInt()).as("for whoever goes on").isEqualTo(2);
    assertThat(again.at("/progress/done").asInt()).isEqualTo(4);
    assertThat(life.operator.on("get_job", claimed, "")).isEqualTo(again);
    assertThat(life.worker.say("complete_job", again, "")).isEqualTo(life.operator.on("get_job", claimed, ""));
  }

  @ThroughEveryDoor
  void a_lease_is_renewed_for_the_claims_length_and_never_shortened(Life life) {
    life.operator.enqueue("");
    var claimed = life.worker.call("claim_jobs", "{'lease_seconds': 1000}").at("/jobs/0");
    var renewed = life.worker.say("renew_job_lease", claimed, "'lease_seconds': 1");
    assertThat(time(renewed, "leased_until")).isEqualTo(time(claimed, "leased_until"));
    assertThat(renewed.get("cancel_requested").asBoolean(true)).isFalse();
    assertThat(renewed.get("messages")).isEmpty();
    assertThat(renewed.get("fence")).isEqualTo(claimed.get("fence"));
    var later = life.worker.say("renew_job_lease", claimed, "");
    assertThat(time(later, "leased_until")).isAfter(time(claimed, "leased_until")).isBefore(time(claimed, "leased_until").plusSeconds(60));
    var longest = life.worker.say("renew_job_lease", claimed, "'lease_seconds': 5000");
    assertThat(time(longest, "leased_until")).isAfter(time(claimed, "leased_until").plusSeconds(3_900));
    assertThat(life.operator.on("get_job", claimed, "").get("leased_until")).isEqualTo(longest.get("leased_until"));
  }

  @ThroughEveryDoor
  void the_worker_of_a_disabled_agent_is_asked_to_stop(Life life) {
    var claimed = life.worker.claimNew("");
    life.operator.call("update_agent", "{'agent': 'worker', 'desired': 'disabled'}");
    assertThat(life.worker.say("renew_job_lease", claimed, "").get("cancel_requested").asBoolean()).isTrue();
    life.operator.enqueue("");
    assertThat(life.worker.call("claim_jobs", "{}").get("jobs")).isEmpty();
  }

  @ThroughEveryDoor
  void a_lease_past_its_end_is_good_until_somebody_ends_it(Life life) {
    var claimed = life.worker.claimNew("");
    life.leaseEnds(claimed);
    assertThat(life.worker.say("complete_job", claimed, "").get("status").asText()).isEqualTo("succeeded");
  }

  @ThroughEveryDoor
  void a_lease_past_its_end_is_requeued_and_its_worker_hears_that_it_is_lost(Life life) {
    var claimed = life.worker.claimNew("'max_attempts': 2");
    life.leaseEnds(claimed);
    life.worker.refused(ProblemCode.FORBIDDEN, "requeue_expired", "{}");
    var swept = life.operator.call("requeue_expired", "{}");
    assertThat(swept.get("requeued")).containsExactly(claimed.get("id"));
    assertThat(swept.get("dead")).isEmpty();
    var job = life.operator.on("get_job", claimed, "");
    assertThat(job.get("status").asText()).isEqualTo("queued");
    assertThat(job.get("attempt_count").asInt()).as("it counts").isEqualTo(1);
    assertThat(job.get("last_error").asText()).contains("lease ended");
    life.worker.refused(ProblemCode.LEASE_LOST, "complete_job", Party.attempt(claimed, ""));
    assertThat(life.operator.on("job_timeline", claimed, "").at("/attempts/0/status").asText()).isEqualTo("timed_out");
    life.becomesDue(job);
    var last = life.worker.claim();
    life.leaseEnds(last);
    assertThat(life.operator.call("requeue_expired", "{}").get("dead")).containsExactly(claimed.get("id"));
    assertThat(life.operator.status(claimed)).isEqualTo("dead");
  }

  @ThroughEveryDoor
  void an_attempt_that_lasts_longer_than_it_may_is_ended_however_often_it_was_renewed(Life life) {
    var claimed = life.worker.claimNew("'timeout_seconds': 60");
    life.worker.say("renew_job_lease", claimed, "'lease_seconds': 3600");
    life.timeRunsOut(claimed);
    assertThat(life.operator.call("requeue_expired", "{'limit': 1}").get("requeued")).containsExactly(claimed.get("id"));
    assertThat(life.operator.on("get_job", claimed, "").get("last_error").asText()).contains("timeout_seconds");
    life.worker.refused(ProblemCode.LEASE_LOST, "renew_job_lease", Party.attempt(claimed, ""));
  }

  private static Duration length(JsonNode claimed) {
    return Duration.between(time(claimed, "leased_at"), time(claimed, "leased_until"));
  }

  private static Instant time(JsonNode node, String field) {
    return Instant.parse(node.get(field).asText());
  }
}
