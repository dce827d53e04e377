package io.agentbus.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls that wait: they say that they live, end when nobody waits, and lose nothing. */
@Timeout(90)
class BusWaitTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final Duration SOON = Duration.ofSeconds(20);
  private static McpNode node;
  private static int count;
  private final Caller root = TestBus.operator();
  private String name;
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
    name = "waiter" + ++count;
    client = node.agent(name);
  }

  @AfterEach
  void leave() {
    client.close();
  }

  private String enqueue() {
    return node.bus.call(root, "enqueue_job", "{\"subject\": \"s\", \"target_agent\": \"" + name + "\"}").get("id").asText();
  }

  private String status(String job) {
    return node.bus.call(root, "get_job", "{\"job_id\": \"" + job + "\"}").get("status").asText();
  }

  private static String claim(int seconds, String more) {
    return "{'name': 'claim_jobs', 'arguments': {'wait_seconds': " + seconds + "}" + more + "}";
  }

  @Test
  void a_claim_that_waits_gets_the_job_as_it_comes() throws Exception {
    var waiting = client.sendLater(client.modernRequest("tools/call", claim(30, ""), Map.of()));
    await().atMost(SOON).until(() -> node.web.server.openStreams() > 0);
    var job = enqueue();
    var result = waiting.get(20, TimeUnit.SECONDS).result();
    assertThat(result.at("/structuredContent/jobs/0/id").asText()).isEqualTo(job);
  }

  @Test
  void a_claim_says_how_long_it_has_waited_when_asked_to() throws Exception {
    var request = client.modernRequest("tools/call", claim(30, ", '_meta': {'progressToken': 5}"), Map.of());
    try (var events = client.open(request)) {
      var progress = events.next();
      assertThat(progress.get("method").asText()).isEqualTo("notifications/progress");
      assertThat(progress.at("/params/progressToken").asInt()).isEqualTo(5);
      assertThat(progress.at("/params/total").asInt()).isEqualTo(30);
      var job = enqueue();
      assertThat(events.next().at("/result/structuredContent/jobs/0/id").asText()).isEqualTo(job);
    }
  }

  @Test
  void a_claim_whose_client_closed_the_stream_takes_nothing() throws Exception {
    var events = client.open(client.modernRequest("tools/call", claim(40, ""), Map.of()));
    assertThat(node.web.server.requestsInProgress()).isPositive();
    events.close();
    client.close();
    await().atMost(SOON).until(() -> node.web.server.requestsInProgress() == 0);
    var job = enqueue();
    var other = node.bus.agent("default", name + "-other", 0);
    assertThat(node.bus.call(other, "claim_jobs", "{}").get("jobs")).isEmpty();
    assertThat(status(job)).isEqualTo("queued");
  }

  @Test
  void a_cancelled_claim_of_a_session_takes_nothing() throws Exception {
    client.initialize("2025-11-25");
    var call = client.callLater(9, "tools/call", claim(40, ""));
    await().atMost(SOON).until(() -> node.web.server.openStreams() > 0);
    client.tell("notifications/cancelled", "{'requestId': 9, 'reason': 'enough'}");
    assertThat(call.get(10, TimeUnit.SECONDS).text()).doesNotContain("result");
    assertThat(status(enqueue())).isEqualTo("queued");
    assertThat(client.call("tools/call", claim(0, "")).result().at("/structuredContent/jobs")).hasSize(1);
  }

  @Test
  void a_session_that_lost_its_connection_claims_nothing_for_nobody() throws Exception {
    client.initialize("2025-11-25");
    var id = "";
    var body = "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"tools/call\",\"params\":"
        + claim(40, "").replace('\'', '"') + "}";
    try (var events = client.open(client.post(body, Map.of("Mcp-Session-Id", client.session())))) {
      id = events.primed();
    }
    await().atMost(SOON).until(() -> node.web.server.requestsInProgress() == 0);
    var job = enqueue();
    try (var rest = client.open(client.bare("GET", "Last-Event-ID", id).build())) {
      var answer = rest.next();
      assertThat(answer.get("id").asInt()).isEqualTo(4);
      assertThat(answer.at("/result/structuredContent/jobs")).isEmpty();
    }
    assertThat(status(job)).isEqualTo("queued");
  }

  @Test
  void waiting_for_a_job_answers_how_it_ended() throws Exception {
    var asker = node.agent(name + "-asker");
    var waiting = asker.sendLater(asker.modernRequest("tools/call", "{'name': 'enqueue_job', 'arguments': {'subject': 's',"
        + " 'target_agent': '" + name + "', 'wait': true}}", Map.of()));
    var claimed = client.modern("tools/call", claim(20, "")).result().at("/structuredContent/jobs/0");
    client.modern("tools/call", "{'name': 'complete_job', 'arguments': {'job_id': " + claimed.get("id") + ", 'fence': "
        + claimed.get("fence") + ", 'result': {'ok': true}}}");
    var result = waiting.get(20, TimeUnit.SECONDS).result();
    assertThat(result.at("/structuredContent/status").asText()).isEqualTo("succeeded");
    assertThat(result.at("/structuredContent/result/ok").asBoolean()).isTrue();
    asker.close();
  }

  @Test
  void a_job_that_ended_badly_is_an_error_that_says_why() throws Exception {
    var asker = node.agent(name + "-asker");
    asker.initialize("2025-11-25");
    var waiting = asker.callLater(2, "tools/call", "{'name': 'enqueue_job', 'arguments': {'subject': 's', 'target_agent': '"
        + name + "', 'wait': true}}");
    var claimed = client.modern("tools/call", claim(20, "")).result().at("/structuredContent/jobs/0");
    client.modern("tools/call", "{'name': 'fail_job', 'arguments': {'job_id': " + claimed.get("id") + ", 'fence': "
        + claimed.get("fence") + ", 'last_error': 'no such host'}}");
    var result = waiting.get(20, TimeUnit.SECONDS).result();
    assertThat(result.get("isError").asBoolean()).isTrue();
    assertThat(result.at("/content/0/text").asText()).isEqualTo("The job is failed: no such host");
    asker.close();
  }

  @Test
  void who_may_not_see_jobs_cannot_wait_for_one_and_makes_none() throws Exception {
    try (var blind = node.client(node.token(name + "-blind", "['ask']"), "")) {
      var result = blind.modern("tools/call", "{'name': 'enqueue_job', 'arguments': {'subject': 's', 'target_agent': '" + name
          + "', 'wait': true}}").result();
      assertThat(result.at("/_meta/io.agentbus~1problem/code").asText()).isEqualTo("forbidden");
    }
    assertThat(client.modern("tools/call", claim(0, "")).result().at("/structuredContent/jobs")).isEmpty();
  }
}
