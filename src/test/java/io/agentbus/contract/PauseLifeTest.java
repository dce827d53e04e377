package io.agentbus.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.problem.ProblemCode;

/** What an operator holds back, and lets go again. */
class PauseLifeTest {
  @ThroughEveryDoor
  void a_paused_agent_gets_nothing_and_what_it_holds_goes_on(Life life) {
    var held = life.worker.claimNew("");
    var job = life.operator.enqueue("");
    var pause = life.operator.call("pause_agent", "{'agent': 'worker', 'reason': 'being mended'}");
    assertThat(pause.get("scope").asText()).isEqualTo("agent");
    assertThat(pause.get("agent").asText()).isEqualTo("worker");
    assertHeldBack(life, "agent", job.get("id").toString(), "resume_agent");
    life.worker.say("renew_job_lease", held, "");
    life.worker.say("complete_job", held, "");
    assertThat(life.operator.call("pause_agent", "{'agent': 'worker', 'reason': 'again'}")).as("said again").isEqualTo(pause);
    assertThat(life.operator.call("list_pauses", "{}").get("items")).containsExactly(pause);
    var resumed = life.operator.call("resume_agent", "{'agent': 'worker'}");
    assertThat(resumed.get("paused").asBoolean(true)).isFalse();
    assertThat(life.operator.call("resume_agent", "{'agent': 'worker'}")).as("said again").isEqualTo(resumed);
    assertThat(life.worker.claim().get("id")).isEqualTo(job.get("id"));
  }

  @ThroughEveryDoor
  void a_paused_lane_holds_its_jobs_and_no_others(Life life) {
    var coding = life.operator.enqueue("'lane': 'coding', 'priority': 1000");
    var other = life.operator.enqueue("");
    life.operator.call("pause_lane", "{'lane': 'coding', 'reason': 'no merges today'}");
    assertThat(life.worker.claim().get("id")).isEqualTo(other.get("id"));
    assertHeldBack(life, "lane", coding.get("id").toString(), "resume_lane");
    life.operator.call("resume_lane", "{'lane': 'coding', 'reason': 'a new day'}");
    assertThat(life.worker.claim().get("id")).isEqualTo(coding.get("id"));
  }

  @ThroughEveryDoor
  void a_paused_namespace_holds_what_is_below_it_too(Life life) {
    var here = life.operator.enqueue("");
    var below = life.operator.enqueue("'namespace': '" + life.namespace + "/deep/down'");
    life.operator.call("pause_namespace", "{'namespace': '" + life.namespace + "', 'reason': 'stocktaking'}");
    life.operator.call("pause_namespace", "{'namespace': '" + life.namespace + "/deep', 'reason': 'twice'}");
    assertHeldBack(life, "namespace", below.get("id").toString(), "resume_namespace");
    life.operator.enqueue("");
    assertThat(life.worker.call("claim_jobs", "{}").get("jobs")).isEmpty();
    life.operator.call("resume_namespace", "{'namespace': '" + life.namespace + "'}");
    assertThat(life.worker.claim().get("id")).isEqualTo(here.get("id"));
    assertThat(life.operator.on("explain_job", below, "").at("/blockers/0/detail").asText()).contains("twice");
    life.operator.call("resume_namespace", "{'namespace': '" + life.namespace + "/deep'}");
    assertThat(life.worker.call("claim_jobs", "{'limit': 10}").get("jobs").findValues("id")).contains(below.get("id"));
  }

  @ThroughEveryDoor
  void only_an_operator_pauses_and_only_within_its_walls(Life life) {
    life.worker.refused(ProblemCode.FORBIDDEN, "pause_lane", "{'lane': 'idle', 'reason': 'r'}");
    life.worker.refused(ProblemCode.FORBIDDEN, "resume_lane", "{'lane': 'idle'}");
    life.operator.refused(ProblemCode.NOT_FOUND, "pause_namespace", "{'namespace': 'globex', 'reason': 'r'}");
    life.operator.refused(ProblemCode.NOT_FOUND, "pause_agent", "{'agent': 'nobody', 'reason': 'r'}");
    life.operator.refused(ProblemCode.INVALID_INPUT, "pause_lane", "{'lane': 'idel', 'reason': 'r'}");
    assertThat(life.operator.call("list_pauses", "{}").get("items")).isEmpty();
  }

  private static void assertHeldBack(Life life, String scope, String job, String clears) {
    assertThat(life.worker.call("claim_jobs", "{}").get("jobs")).isEmpty();
    var blocker = life.operator.call("explain_job", "{'job_id': " + job + "}").at("/blockers/0");
    assertThat(blocker.get("kind").asText()).isEqualTo("paused");
    assertThat(blocker.get("detail").asText()).contains(scope);
    assertThat(blocker.get("set_by").asText()).contains("operator");
    assertThat(blocker.get("clears").asText()).isEqualTo(clears);
  }
}
