package io.agentbus.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.problem.ProblemCode;

/** What becomes of a message. */
class InboxLifeTest {
  @ThroughEveryDoor
  void a_message_is_read_until_it_is_acknowledged_and_then_tells_what_came_of_it(Life life) {
    var boss = life.agent("boss", "'concurrency': 0");
    var sent = life.worker.call("notify", "{'target_agent': 'boss', 'title': 'Phase complete', 'payload': {'verdict': 'pass', 'minutes': 1.5},"
        + " 'priority': 8}");
    assertThat(sent.get("duplicate").asBoolean(true)).isFalse();
    life.worker.call("notify", "{'target_agent': 'boss', 'title': 'Phase complete'}");
    var items = boss.call("inbox", "{}").get("items");
    assertThat(items.findValuesAsText("from")).containsExactly("worker", "worker");
    assertThat(items.findValuesAsText("priority")).containsExactly("8", "5");
    assertThat(items.get(0).get("payload")).isEqualTo(World.json("{'verdict': 'pass', 'minutes': 1.5}"));
    assertThat(boss.call("inbox", "{'unread_only': true, 'limit': 1}").get("next").isNull()).isFalse();
    var acked = boss.call("ack_message", ref(sent, ", 'result': {'page': 2}"));
    assertThat(acked.get("result")).isEqualTo(World.json("{'page': 2}"));
    assertThat(boss.call("ack_message", ref(sent, ", 'result': {'page': 3}"))).isEqualTo(acked);
    assertThat(boss.call("inbox", "{}").get("items")).hasSize(1);
    assertThat(life.worker.call("get_message", ref(sent, "")).get("acked_by").asText()).isEqualTo("boss");
  }

  @ThroughEveryDoor
  void a_message_can_be_put_off_and_an_inbox_waited_for(Life life) {
    var sent = life.operator.call("notify", "{'target_agent': 'worker', 'title': 't'}");
    assertThat(life.worker.call("defer_message", ref(sent, ", 'seconds': 3600")).get("deferred_until").isNull()).isFalse();
    assertThat(life.worker.call("inbox", "{}").get("items")).isEmpty();
    life.worker.call("defer_message", ref(sent, ", 'seconds': 0"));
    assertThat(life.worker.call("inbox", "{'wait_seconds': 10}").get("items")).hasSize(1);
    life.worker.call("ack_message", ref(sent, ""));
    life.worker.refused(ProblemCode.INVALID_TRANSITION, "defer_message", ref(sent, ", 'seconds': 5"));
    life.worker.refused(ProblemCode.INVALID_INPUT, "defer_message", ref(sent, ""));
  }

  @ThroughEveryDoor
  void nobody_reads_the_inbox_of_another(Life life) {
    var colleague = life.agent("colleague", "'concurrency': 0");
    var sent = life.operator.call("notify", "{'target_agent': 'worker', 'title': 't'}");
    colleague.refused(ProblemCode.FORBIDDEN, "inbox", "{'agent': 'worker'}");
    colleague.refused(ProblemCode.FORBIDDEN, "get_message", ref(sent, ""));
    colleague.refused(ProblemCode.FORBIDDEN, "ack_message", ref(sent, ""));
    colleague.refused(ProblemCode.FORBIDDEN, "notify", "{'target_agent': 'worker', 'title': 't', 'source_agent': 'worker'}");
    assertThat(life.operator.call("inbox", "{'agent': 'worker'}").get("items")).hasSize(1);
    assertThat(colleague.refused(ProblemCode.NOT_FOUND, "notify", "{'target_agent': 'worke', 'title': 't'}").get("detail").asText())
        .contains("did you mean 'worker'?");
  }

  @ThroughEveryDoor
  void a_finish_sends_messages_in_its_own_commit(Life life) {
    var boss = life.agent("boss", "'concurrency': 0");
    var claimed = life.worker.claimNew("");
    var one = "'messages': [{'target_agent': 'boss', 'title': 'done', 'payload': {'n': 1}}]";
    life.worker.refused(ProblemCode.NOT_FOUND, "complete_job", Party.attempt(claimed, "'messages': [{'target_agent': 'boss', 'title': 'vain'},"
        + " {'target_agent': 'nobody', 'title': 'vain'}]"));
    assertThat(boss.call("inbox", "{}").get("items")).isEmpty();
    life.worker.say("complete_job", claimed, one);
    life.worker.say("complete_job", claimed, one);
    var items = boss.call("inbox", "{}").get("items");
    assertThat(items).hasSize(1);
    assertThat(items.get(0).get("source_job_id")).isEqualTo(claimed.get("id"));
    assertThat(items.get(0).get("from").asText()).isEqualTo("worker");
    life.worker.say("fail_job", life.worker.claimNew(""), "'last_error': 'e', " + one);
    life.worker.say("block_job", life.worker.claimNew(""), "'blocked_reason': 'r', " + one);
    assertThat(boss.call("inbox", "{}").get("items")).hasSize(3);
  }

  @ThroughEveryDoor
  void urgent_messages_reach_a_busy_agent_with_its_next_answer(Life life) {
    var claimed = life.worker.claimNew("");
    life.operator.call("notify", "{'target_agent': 'worker', 'title': 'calm', 'priority': 8}");
    assertThat(life.worker.say("renew_job_lease", claimed, "").get("messages")).isEmpty();
    JsonNode first = null;
    for (var i = 1; i <= 6; i++) {
      var sent = life.operator.call("notify", "{'target_agent': 'worker', 'title': 'urgent " + i + "', 'priority': " + (i % 2 == 0 ? 9 : 10) + "}");
      first = first == null ? sent : first;
    }
    for (var round = 0; round < 2; round++) {
      assertThat(life.worker.say("renew_job_lease", claimed, "").get("messages").findValuesAsText("title"))
          .containsExactly("urgent 1", "urgent 2", "urgent 3", "urgent 4", "urgent 5");
    }
    assertThat(life.worker.say("report_progress", claimed, "'progress': {'n': 1}").get("messages")).hasSize(5);
    assertThat(life.worker.call("agent_heartbeat", "{}").get("messages")).hasSize(5);
    life.worker.call("defer_message", ref(first, ", 'seconds': 3600"));
    assertThat(life.worker.say("renew_job_lease", claimed, "").get("messages").get(0).get("title").asText()).isEqualTo("urgent 2");
    assertThat(life.operator.say("renew_job_lease", claimed, "").get("messages")).as("they are for the agent").isEmpty();
  }

  private static String ref(JsonNode message, String more) {
    return "{'message_id': " + message.get("id") + more + "}";
  }
}
