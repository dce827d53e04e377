package io.agentbus.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A job is a task. */
@Timeout(60)
class BusTasksTest {
  private static final String TAKES_TASKS =
      "{'elicitation': {}, 'extensions': {'io.modelcontextprotocol/tasks': {}}}";
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static McpNode node;
  private static int count;
  private String name;
  private Caller worker;
  private McpClient client;

  @BeforeAll
  static void open() {
    node = new McpNode(DATABASE);
  }

  @AfterAll
  static void close() throws Exception {
    node.close();
  }

  @BeforeEach
  void register() {
    name = "tasker" + ++count;
    worker = node.bus.agent("default", name, 0);
    client = node.agent(name + "-asker").declaring(TAKES_TASKS);
  }

  @AfterEach
  void leave() {
    client.close();
  }

  private JsonNode begin() throws Exception {
    return client.modern("tools/call", "{'name': 'enqueue_job', 'arguments': {'subject': 'look', 'target_agent': '" + name
        + "', 'wait': true}}").result();
  }

  private JsonNode get(String id) throws Exception {
    return client.modern("tasks/get", "{'taskId': '" + id + "'}").result();
  }

  private String attempt(String more) {
    var claimed = node.bus.call(worker, "claim_jobs", "{}").at("/jobs/0");
    return "{\"job_id\": " + claimed.get("id") + ", \"fence\": " + claimed.get("fence") + more + "}";
  }

  @Test
  void a_task_is_the_job_from_the_first_answer_to_its_result() throws Exception {
    var task = begin();
    var id = task.get("taskId").asText();
    assertThat(task.get("resultType").asText()).isEqualTo("task");
    assertThat(task.get("status").asText()).isEqualTo("working");
    assertThat(task.get("ttlMs").isNull()).isTrue();
    assertThat(task.get("pollIntervalMs").asInt()).isPositive();
    assertThat(node.bus.call(TestBus.operator(), "get_job", "{\"job_id\": \"" + id + "\"}").get("subject").asText())
        .isEqualTo("look");
    assertThat(get(id).get("status").asText()).isEqualTo("working");
    node.bus.call(worker, "complete_job", attempt(", \"result\": {\"found\": 3}"));
    var done = get(id);
    assertThat(done.get("resultType").asText()).isEqualTo("complete");
    assertThat(done.get("status").asText()).isEqualTo("completed");
    assertThat(done.at("/result/structuredContent/result/found").asInt()).isEqualTo(3);
    assertThat(done.at("/result/content/0/text").asText()).contains("\"found\":3");
  }

  @Test
  void a_job_that_failed_is_a_completed_task_with_an_error() throws Exception {
    var id = begin().get("taskId").asText();
    node.bus.call(worker, "fail_job", attempt(", \"last_error\": \"no such host\""));
    var done = get(id);
    assertThat(done.get("status").asText()).isEqualTo("completed");
    assertThat(done.at("/result/isError").asBoolean()).isTrue();
    assertThat(done.at("/result/content/0/text").asText()).contains("no such host");
  }

  @Test
  void a_blocked_job_asks_and_an_answer_unblocks_it() throws Exception {
    var id = begin().get("taskId").asText();
    node.bus.call(worker, "block_job", attempt(", \"blocked_reason\": \"no key\", \"needs\": \"the key of the host\""));
    var blocked = get(id);
    assertThat(blocked.get("status").asText()).isEqualTo("input_required");
    var key = blocked.get("inputRequests").fieldNames().next();
    var question = blocked.get("inputRequests").get(key);
    assertThat(question.get("method").asText()).isEqualTo("elicitation/create");
    assertThat(question.at("/params/message").asText()).contains("no key").contains("the key of the host");
    assertThat(get(id).get("inputRequests").has(key)).isTrue();

    update(id, "another", "accept");
    update(id, key, "decline");
    assertThat(get(id).get("status").asText()).isEqualTo("input_required");
    assertThat(update(id, key, "accept").get("resultType").asText()).isEqualTo("complete");
    assertThat(get(id).get("status").asText()).isEqualTo("working");
    update(id, key, "accept");
    assertThat(node.bus.call(TestBus.operator(), "job_timeline", "{\"job_id\": \"" + id + "\"}").get("changes").toString())
        .contains("unblock_job").contains("it lies under the mat");

    node.bus.call(worker, "block_job", attempt(", \"blocked_reason\": \"wrong key\""));
    assertThat(get(id).get("inputRequests").fieldNames().next()).isNotEqualTo(key);
  }

  private JsonNode update(String id, String key, String action) throws Exception {
    return client.modern("tasks/update", "{'taskId': '" + id + "', 'inputResponses': {'" + key + "': {'action': '" + action
        + "', 'content': {'answer': 'it lies under the mat'}}}}").result();
  }

  @Test
  void a_client_that_cannot_be_asked_sees_what_is_missing() throws Exception {
    var id = begin().get("taskId").asText();
    node.bus.call(worker, "block_job", attempt(", \"blocked_reason\": \"no key\""));
    client.declaring("{'extensions': {'io.modelcontextprotocol/tasks': {}}}");
    var blocked = get(id);
    assertThat(blocked.get("inputRequests")).isEmpty();
    assertThat(blocked.get("statusMessage").asText()).contains("no key").contains("unblock_job");
  }

  @Test
  void cancelling_a_task_cancels_the_job_and_again_does_nothing() throws Exception {
    var id = begin().get("taskId").asText();
    for (var times = 0; times < 2; times++) {
      var ack = client.modern("tasks/cancel", "{'taskId': '" + id + "'}").result();
      assertThat(ack.get("resultType").asText()).isEqualTo("complete");
      assertThat(ack.has("taskId")).isFalse();
    }
    assertThat(get(id).get("status").asText()).isEqualTo("cancelled");
  }

  @Test
  void what_is_not_there_and_what_is_not_yours_is_refused_alike() throws Exception {
    var join = node.bus.call(TestBus.operator(), "enqueue_job", "{\"subject\": \"s\", \"namespace\": \"elsewhere\"}");
    for (var id : new String[] {"nonsense", UUID.randomUUID().toString(), join.get("id").asText()}) {
      for (var method : new String[] {"tasks/get", "tasks/update", "tasks/cancel"}) {
        var answer = client.modern(method, "{'taskId': '" + id + "', 'inputResponses': {}}");
        assertThat(answer.code()).isEqualTo(-32602);
        assertThat(answer.error().get("message").asText()).isEqualTo("There is no such task here.");
      }
    }
  }

  @Test
  void without_wait_the_answer_is_the_job() throws Exception {
    var result = client.modern("tools/call", "{'name': 'enqueue_job', 'arguments': {'subject': 's', 'target_agent':"
        + " 'nobody', 'wait': false}}").result();
    assertThat(result.get("resultType").asText()).isEqualTo("complete");
    assertThat(result.at("/structuredContent/status").asText()).isEqualTo("queued");
    var wrong = client.modern("tools/call", "{'name': 'enqueue_job', 'arguments': {'subject': 's', 'wait': 'yes'}}").result();
    assertThat(wrong.at("/_meta/io.agentbus~1problem/code").asText()).isEqualTo("invalid_input");
  }

  @Test
  void a_listener_hears_of_tasks_and_resources_as_they_change() throws Exception {
    var id = begin().get("taskId").asText();
    var uri = "agentbus://jobs/" + id;
    var filter = "{'notifications': {'taskIds': ['" + id + "', 'nonsense'], 'resourceSubscriptions': ['" + uri
        + "', 'agentbus://health'], 'toolsListChanged': true}}";
    try (var events = client.open(client.modernRequest("subscriptions/listen", filter, Map.of()))) {
      var agreed = events.next();
      assertThat(agreed.get("method").asText()).isEqualTo("notifications/subscriptions/acknowledged");
      assertThat(agreed.at("/params/notifications").toString())
          .isEqualTo("{\"resourceSubscriptions\":[\"" + uri + "\"],\"taskIds\":[\"" + id + "\"]}");
      node.bus.call(worker, "complete_job", attempt(", \"result\": {\"found\": 3}"));
      var updated = events.next();
      assertThat(updated.get("method").asText()).isEqualTo("notifications/resources/updated");
      assertThat(updated.at("/params/uri").asText()).isEqualTo(uri);
      var task = events.next();
      while (!task.at("/params/status").asText().equals("completed")) {
        task = events.next();
      }
      assertThat(task.get("method").asText()).isEqualTo("notifications/tasks");
      assertThat(task.at("/params/result/structuredContent/result/found").asInt()).isEqualTo(3);
      assertThat(task.at("/params/_meta/io.modelcontextprotocol~1subscriptionId")).isEqualTo(
          agreed.at("/params/_meta/io.modelcontextprotocol~1subscriptionId"));
    }
    client.declaring("{}");
    assertThat(client.modern("subscriptions/listen", "{'notifications': {'taskIds': ['" + id + "']}}").code()).isEqualTo(-32021);
  }
}
