package io.agentbus.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.problem.ProblemCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What can be read of jobs, events and callers. */
class LookLifeTest {
  @ThroughEveryDoor
  void jobs_are_found_by_what_they_are(Life life) {
    var parent = life.operator.enqueue("'flow_key': 'f'");
    var coding = life.operator.enqueue("'job_type': 'coding', 'correlation_key': 'c', 'dedupe_key': 'k', 'parent_job_id': " + parent.get("id"));
    // Only an operator makes a namespace, by its first use.
    life.operator.enqueue("'namespace': '" + life.namespace + "/deep', 'dedupe_key': 'first'");
    var named = life.worker.call("enqueue_job", "{'subject': 'Look at 100% of it', 'target_agent': 'other', 'namespace': '" + life.namespace + "/deep'}");
    life.operator.on("cancel_job", coding, "");
    var found = Map.of("'flow_key': 'f'", parent, "'status': 'cancelled'", coding, "'lane': 'coding'", coding, "'job_type': 'coding'", coding,
        "'correlation_key': 'c'", coding, "'dedupe_key': 'k'", coding, "'parent_job_id': " + parent.get("id"), coding, "'source_agent': 'worker'", named,
        "'subject': 'LOOK at 100%'", named, "'target_agent': 'other', 'status': 'queued'", named);
    found.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(one ->
        assertThat(list(life, one.getKey())).as(one.getKey()).containsExactly(one.getValue().get("id")));
    assertThat(list(life, "'namespace': '" + life.namespace + "/*', 'source_agent': 'worker'")).containsExactly(named.get("id"));
    assertThat(list(life, "'namespace': '" + life.namespace + "'")).containsExactly(coding.get("id"), parent.get("id"));
    assertThat(list(life, "'limit': 2, 'created_from': " + coding.get("created_at"))).startsWith(named.get("id"));
    assertThat(list(life, "'created_before': " + coding.get("created_at"))).containsExactly(parent.get("id"));
    assertThat(list(life, "'status': 'succeeded'")).isEmpty();
  }

  @ThroughEveryDoor
  void jobs_are_read_page_by_page_newest_first(Life life) {
    var ids = new ArrayList<JsonNode>();
    for (var i = 0; i < 5; i++) {
      ids.addFirst(life.operator.enqueue("").get("id"));
    }
    var read = new ArrayList<JsonNode>();
    var cursor = "";
    do {
      var page = life.operator.call("list_jobs", "{'limit': 2" + cursor + "}");
      assertThat(page.get("items").size()).isLessThanOrEqualTo(2);
      read.addAll(page.get("items").findValues("id"));
      cursor = page.get("next").isNull() ? "" : ", 'cursor': " + page.get("next");
    } while (!cursor.isEmpty());
    assertThat(read).isEqualTo(ids);
    var refusal = life.operator.refused(ProblemCode.INVALID_INPUT, "list_jobs", "{'cursor': 'nonsense'}");
    assertThat(refusal.at("/errors/0/pointer").asText()).isEqualTo("/cursor");
    life.operator.refused(ProblemCode.INVALID_INPUT, "list_jobs", "{'limit': 501}");
    life.operator.refused(ProblemCode.INVALID_INPUT, "list_jobs", "{'status': 'sleeping'}");
    life.operator.refused(ProblemCode.NOT_FOUND, "list_jobs", "{'namespace': 'globex'}");
  }

  @ThroughEveryDoor
  void what_is_not_there_and_what_is_not_ones_own_are_alike(Life life) {
    var unknown = "0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42";
    var foreign = life.elsewhere();
    for (var operation : List.of("get_job", "explain_job", "job_timeline")) {
      var absent = life.worker.refused(ProblemCode.NOT_FOUND, operation, "{'job_id': '" + unknown + "'}").get("detail").asText();
      var hidden = life.worker.refused(ProblemCode.NOT_FOUND, operation, "{'job_id': '" + foreign + "'}").get("detail").asText();
      assertThat(hidden.replace(foreign, unknown)).isEqualTo(absent);
    }
  }

  @ThroughEveryDoor
  void a_queued_job_is_explained_by_who_is_before_it_and_who_could_do_it(Life life) {
    life.workerShowsUp();
    life.operator.enqueue("");
    var job = life.operator.enqueue("");
    var explained = life.operator.on("explain_job", job, "");
    assertThat(explained.get("claimable").asBoolean()).isTrue();
    assertThat(explained.get("ahead").asInt()).isEqualTo(1);
    assertThat(explained.get("blockers")).isEmpty();
    life.operator.call("update_agent", "{'agent': 'worker', 'concurrency': 1}");
    var claimed = life.worker.claim();
    assertThat(life.operator.on("explain_job", job, "").at("/blockers/0/kind").asText()).isEqualTo("concurrency");
    var held = life.operator.on("explain_job", claimed, "").at("/blockers/0");
    assertThat(held.get("kind").asText()).isEqualTo("held");
    assertThat(held.get("set_by").asText()).isEqualTo(life.namespace + "/worker");
    life.operator.call("update_agent", "{'agent': 'worker', 'desired': 'draining'}");
    assertThat(life.operator.on("explain_job", job, "").at("/blockers/0/kind").asText()).isEqualTo("agent_draining");
  }

  @ThroughEveryDoor
  void the_timeline_tells_the_whole_life_of_a_job(Life life) {
    var first = life.worker.claimNew("");
    life.worker.say("fail_job", first, "'last_error': 'boom', 'retry_seconds': 0");
    var second = life.worker.claim();
    life.worker.say("mark_running_job", second, "");
    life.worker.say("complete_job", second, "'summary': 'done'");
    life.worker.refused(ProblemCode.LEASE_LOST, "complete_job", Party.attempt(first, ""));
    life.order();
    var timeline = life.operator.on("job_timeline", first, "");
    assertThat(timeline.get("job")).isEqualTo(life.operator.on("get_job", first, ""));
    assertThat(timeline.get("attempts").findValuesAsText("status")).containsExactly("failed", "succeeded");
    assertThat(timeline.get("attempts").findValuesAsText("attempt_no")).containsExactly("1", "2");
    assertThat(timeline.get("attempts").findValues("fence")).containsExactly(first.get("fence"), second.get("fence"));
    assertThat(timeline.get("attempts").findValuesAsText("finished_at")).doesNotContain("null");
    assertThat(timeline.get("changes").findValuesAsText("action")).containsExactly("enqueue_job", "claim_jobs", "fail_job", "claim_jobs",
        "mark_running_job", "complete_job", "complete_job");
    assertThat(timeline.at("/changes/6/detail/refused").asText()).isEqualTo("lease_lost");
    assertThat(timeline.get("changes").findValues("position")).allMatch(JsonNode::isNumber).isSortedAccordingTo(Comparator.comparingLong(JsonNode::asLong));
  }

  @ThroughEveryDoor
  void a_fact_is_stated_once_and_read_by_all_who_may(Life life) {
    var event = life.worker.call("emit_event", "{'topic': 'infra.checked', 'payload': {'host': 'db1'}, 'dedupe_key': 'k'}");
    assertThat(event.get("source_agent").asText()).isEqualTo("worker");
    assertThat(event.get("namespace").asText()).isEqualTo(life.namespace);
    assertThat(event.get("duplicate").asBoolean(true)).isFalse();
    var again = life.worker.call("emit_event", "{'topic': 'infra.checked', 'payload': {'host': 'db2'}, 'dedupe_key': 'k'}");
    assertThat(again.get("id")).isEqualTo(event.get("id"));
    assertThat(again.get("duplicate").asBoolean()).isTrue();
    assertThat(again.at("/payload/host").asText()).isEqualTo("db1");
    life.order();
    var read = life.operator.call("get_event", "{'event_id': " + event.get("id") + "}");
    assertThat(read.at("/payload/host").asText()).isEqualTo("db1");
    assertThat(read.get("position").isNumber()).isTrue();
    life.worker.refused(ProblemCode.INVALID_INPUT, "emit_event", "{'topic': 'job.succeeded'}");
    life.worker.refused(ProblemCode.INVALID_INPUT, "emit_event", "{'topic': 'agent.lost'}");
    life.worker.refused(ProblemCode.FORBIDDEN, "emit_event", "{'topic': 'infra.checked', 'source_agent': 'other'}");
    life.worker.refused(ProblemCode.NOT_FOUND, "get_event", "{'event_id': '0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42'}");
  }

  @ThroughEveryDoor
  void events_are_read_in_their_order_by_topic_and_from_any_place(Life life) {
    for (var topic : List.of("infra.a", "infra.b", "infra.deep.c", "other.d")) {
      life.worker.call("emit_event", "{'topic': '" + topic + "'}");
    }
    var job = life.worker.claimNew("");
    life.order();
    assertThat(topics(life, "'topic': 'infra.*'")).containsExactly("infra.a", "infra.b");
    assertThat(topics(life, "'topic': 'infra.**'")).containsExactly("infra.a", "infra.b", "infra.deep.c");
    assertThat(topics(life, "'topic': 'job.*', 'source_job_id': " + job.get("id"))).containsExactly("job.queued", "job.leased");
    assertThat(topics(life, "'source_agent': 'worker', 'topic': 'other.d'")).containsExactly("other.d");
    var page = life.operator.call("list_events", "{'topic': 'infra.**', 'limit': 2}");
    assertThat(page.get("items").findValuesAsText("topic")).containsExactly("infra.a", "infra.b");
    assertThat(topics(life, "'topic': 'infra.**', 'cursor': " + page.get("next"))).containsExactly("infra.deep.c");
    assertThat(topics(life, "'topic': 'infra.**', 'after_position': " + page.at("/items/0/position"))).containsExactly("infra.b", "infra.deep.c");
    life.operator.refused(ProblemCode.INVALID_INPUT, "list_events", "{'cursor': 'nonsense'}");
    life.operator.refused(ProblemCode.NOT_FOUND, "list_events", "{'namespace': 'globex'}");
  }

  @ThroughEveryDoor
  void a_token_tells_who_it_is(Life life) {
    var agent = life.worker.call("whoami", "{}");
    assertThat(agent.get("name").asText()).isEqualTo("worker");
    assertThat(agent.get("kind").asText()).isEqualTo("agent");
    assertThat(agent.get("actor").asText()).isEqualTo("agent:" + life.namespace + "/worker");
    assertThat(agent.get("rights").toString()).contains("work").doesNotContain("operate");
    var operator = life.operator.call("whoami", "{}");
    assertThat(operator.get("kind").asText()).isEqualTo("operator");
    assertThat(operator.at("/namespaces/0").asText()).isEqualTo(life.namespace);
    assertThat(operator.get("agent_id").isNull()).isTrue();
  }

  private static List<JsonNode> list(Life life, String filter) {
    return life.operator.call("list_jobs", "{" + filter + "}").get("items").findValues("id");
  }

  private static List<String> topics(Life life, String filter) {
    return life.operator.call("list_events", "{" + filter + "}").get("items").findValuesAsText("topic");
  }
}
