package io.agentbus.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.problem.ProblemCode;
import java.util.List;

/** Jobs that wait for others. */
class DependantsLifeTest {
  @ThroughEveryDoor
  void a_job_waits_until_all_its_parents_have_succeeded(Life life) {
    life.workerShowsUp();
    var first = life.operator.enqueue("");
    var second = life.operator.enqueue("");
    var child = life.operator.enqueue("'priority': 1000, 'depends_on': [" + first.get("id") + ", " + second.get("id") + "]");
    assertThat(child.get("status").asText()).isEqualTo("waiting");
    assertThat(kinds(life, child)).containsExactly("dependency", "dependency");
    life.worker.say("complete_job", life.worker.claim(), "");
    assertThat(life.operator.status(child)).isEqualTo("waiting");
    assertThat(kinds(life, child)).containsExactly("dependency");
    life.worker.say("complete_job", life.worker.claim(), "");
    assertThat(life.operator.status(child)).isEqualTo("queued");
    assertThat(life.worker.claim().get("id")).isEqualTo(child.get("id"));
    assertThat(life.operator.on("job_timeline", child, "").get("dependencies").findValuesAsText("status")).containsExactly("succeeded", "succeeded");
    assertThat(life.operator.on("job_timeline", first, "").at("/dependants/0/id")).isEqualTo(child.get("id"));
  }

  @ThroughEveryDoor
  void a_parent_that_ends_badly_blocks_its_dependants_until_it_is_reopened(Life life) {
    for (var end : List.of("failed", "dead", "cancelled")) {
      var parent = life.worker.claimNew("'max_attempts': 1");
      var child = after(life, parent);
      endBadly(life, parent, end);
      var blocked = life.operator.on("get_job", child, "");
      assertThat(blocked.get("status").asText()).isEqualTo("blocked");
      assertThat(blocked.get("blocked_reason").asText()).contains(parent.get("id").asText()).contains(end);
      assertThat(life.operator.status(after(life, parent))).as("also one that comes later").isEqualTo("blocked");
      life.operator.on("retry_job", parent, "");
      assertThat(life.operator.status(child)).isEqualTo("waiting");
      life.worker.say("complete_job", life.worker.claim(), "");
      for (var free : life.worker.call("claim_jobs", "{'limit': 10}").get("jobs")) {
        life.worker.say("complete_job", free, "");
      }
      assertThat(life.operator.status(child)).isEqualTo("succeeded");
    }
  }

  @ThroughEveryDoor
  void a_blocked_dependant_goes_on_without_its_parent_when_it_is_unblocked(Life life) {
    var parent = life.worker.claimNew("");
    var child = after(life, parent);
    endBadly(life, parent, "failed");
    assertThat(life.operator.on("unblock_job", child, "'reason': 'not needed'").get("status").asText()).isEqualTo("queued");
    var timeline = life.operator.on("job_timeline", child, "");
    assertThat(timeline.at("/dependencies/0/dropped_at").isNull()).isFalse();
    var change = timeline.get("changes").get(timeline.get("changes").size() - 1);
    assertThat(change.get("action").asText()).isEqualTo("unblock_job");
    assertThat(change.at("/detail/dropped_dependencies/0")).isEqualTo(parent.get("id"));
    assertThat(life.worker.claim().get("id")).isEqualTo(child.get("id"));
  }

  @ThroughEveryDoor
  void a_child_of_what_has_succeeded_need_not_wait(Life life) {
    var parent = life.worker.claimNew("");
    life.worker.say("complete_job", parent, "");
    assertThat(after(life, parent).get("status").asText()).isEqualTo("queued");
  }

  @ThroughEveryDoor
  void a_waiting_job_can_be_cancelled_and_given_away(Life life) {
    var colleague = life.agent("colleague", "'concurrency': 0");
    var parent = life.worker.claimNew("");
    var first = after(life, parent);
    var second = after(life, parent);
    assertThat(life.operator.on("cancel_job", first, "").get("status").asText()).isEqualTo("cancelled");
    assertThat(life.operator.on("reassign_job", second, "'target_agent': 'colleague'").get("status").asText()).isEqualTo("waiting");
    life.worker.say("complete_job", parent, "");
    assertThat(colleague.claim().get("id")).isEqualTo(second.get("id"));
    assertThat(life.operator.status(first)).isEqualTo("cancelled");
  }

  @ThroughEveryDoor
  void jobs_that_are_not_there_cannot_be_waited_for(Life life) {
    life.operator.refused(ProblemCode.INVALID_INPUT, "enqueue_job", "{'subject': 's', 'depends_on': ['0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42']}");
    life.operator.refused(ProblemCode.INVALID_INPUT, "enqueue_job", "{'subject': 's', 'depends_on': ['nonsense']}");
    life.operator.refused(ProblemCode.INVALID_INPUT, "enqueue_job", "{'subject': 's', 'ref': 'self', 'depends_on': ['self']}");
  }

  private static JsonNode after(Life life, JsonNode parent) {
    return life.operator.enqueue("'depends_on': [" + parent.get("id") + "]");
  }

  private static void endBadly(Life life, JsonNode claimed, String end) {
    if (end.equals("cancelled")) {
      life.operator.on("cancel_job", claimed, "");
    } else {
      life.worker.say("fail_job", claimed, "'last_error': 'boom', 'retry': " + end.equals("dead"));
    }
    assertThat(life.operator.status(claimed)).isEqualTo(end);
  }

  private static List<String> kinds(Life life, JsonNode job) {
    return life.operator.on("explain_job", job, "").get("blockers").findValuesAsText("kind");
  }
}
