package io.agentbus.door.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.bus.Messages.Asked;
import io.agentbus.door.bridge.BridgeNode.Transport;
import io.agentbus.testkit.PgDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds over both transports. */
@Timeout(60)
class BridgeTest {
  @RegisterExtension
  static final PgDatabase database = new PgDatabase();
  private static BridgeNode node;
  private String name;
  private String token;

  @BeforeAll
  static void open() throws Exception {
    node = new BridgeNode(database);
  }

  @AfterAll
  static void close() throws Exception {
    node.close();
  }

  @BeforeEach
  void register() {
    name = "agent-" + UUID.randomUUID();
    token = node.agentToken("acme", name);
  }

  private static String error(JsonNode frame) {
    return frame.path("failureType").asText() + " " + frame.path("failureCode").asText() + " " + BridgeClient.word(frame);
  }

  private JsonNode reply(JsonNode frame) {
    assertThat(frame.path("type").asText()).as(frame.toString()).isIn("rec", "message");
    return frame.get("body");
  }

  @ParameterizedTest
  @EnumSource
  void who_has_said_who_he_is_is_answered_as_by_any_door(Transport transport) throws Exception {
    try (var client = node.connect(transport)) {
      var let = reply(client.request("agentbus.auth", "{'token': '" + token + "'}"));
      assertThat(let.get("caller").asText()).isEqualTo("agent:acme/" + name);
      assertThat(let.at("/namespaces/0").asText()).isEqualTo("acme");
      assertThat(let.get("rights")).extracting(JsonNode::asText).contains("work");
      assertThat(reply(client.request("agentbus.op.whoami", "{}")).get("name").asText()).isEqualTo(name);
      var job = reply(client.request("agentbus.op.enqueue_job", "{'subject': 's', 'target_agent': '" + name + "'}"));
      assertThat(job.get("status").asText()).isEqualTo("queued");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_refusal_has_the_status_and_the_problem_that_rest_answers(Transport transport) throws Exception {
    try (var client = node.connect(transport, token)) {
      var failure = client.request("agentbus.op.enqueue_job", "{'subjekt': 's'}");
      assertThat(failure.path("type").asText()).isEqualTo("err");
      assertThat(failure.path("failureCode").asInt()).isEqualTo(400);
      assertThat(failure.path("failureType").asText()).isEqualTo("RECIPIENT_FAILURE");
      var problem = BridgeClient.problem(failure);
      assertThat(problem.get("code").asText()).isEqualTo("invalid_input");
      assertThat(problem.get("errors").toString()).contains("subject");
      assertThat(problem.has("request_id")).isTrue();
      assertThat(client.request("agentbus.op.pause_namespace", "{'reason': 'r'}").path("failureCode").asInt()).isEqualTo(403);
      assertThat(client.request("agentbus.op.nonsense", "{}").path("failureCode").asInt()).isEqualTo(404);
      assertThat(client.request("agentbus.op.whoami", "[]").path("failureCode").asInt()).isEqualTo(400);
      assertThat(client.request("agentbus.op.whoami", "{}", "{'authorization': 'Bearer x'}").path("failureCode").asInt()).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_idempotency_key_makes_a_call_safe_to_repeat(Transport transport) throws Exception {
    try (var client = node.connect(transport, token)) {
      var headers = "{'Request-Id': 'mine', 'Idempotency-Key': '" + UUID.randomUUID() + "', 'localOnly': 'true', 'timeout': '1', 'codecName': 'x'}";
      var first = reply(client.request("agentbus.op.enqueue_job", "{'subject': 's'}", headers));
      var repeated = client.request("agentbus.op.enqueue_job", "{'subject': 's'}", headers);
      assertThat(repeated.at("/headers/idempotency-replayed").asText()).isEqualTo("true");
      assertThat(repeated.at("/headers/request-id").asText()).isEqualTo("mine");
      var again = reply(repeated);
      assertThat(again.get("id")).isEqualTo(first.get("id"));
      assertThat(client.request("agentbus.op.enqueue_job", "{'subject': 'other'}", headers).path("failureCode").asInt()).isEqualTo(422);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_stranger_may_say_who_he_is_and_nothing_else(Transport transport) throws Exception {
    try (var client = node.connect(transport)) {
      assertThat(error(client.request("agentbus.op.whoami", "{}"))).startsWith("ERROR 403");
      client.send("{'type': 'register', 'address': 'agentbus.event.**'}");
      assertThat(BridgeClient.word(client.next())).isEqualTo(transport == Transport.TCP ? "access_denied" : "not_logged_in");
      client.send("{'type': 'publish', 'address': 'agentbus.event.x', 'body': {}}");
      assertThat(client.awaitEnd()).as("after some tries").isNotEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_wrong_token_is_refused_and_after_some_tries_so_is_the_connection(Transport transport) throws Exception {
    try (var client = node.connect(transport)) {
      var wrong = "{'token': 'aba_" + "x".repeat(43) + "'}";
      for (var tries = 0; tries < 2; tries++) {
        var failure = client.request("agentbus.auth", wrong);
        assertThat(failure.path("failureCode").asInt()).isEqualTo(401);
        assertThat(BridgeClient.problem(failure).get("code").asText()).isEqualTo("unauthenticated");
      }
      assertThat(client.request("agentbus.auth", wrong).path("failureCode").asInt()).isEqualTo(401);
      assertThat(client.awaitEnd()).isEqualTo("auth_error");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_ticket_is_as_good_as_its_token_once(Transport transport) throws Exception {
    var ticket = node.bus.call(node.bus.await(() -> node.bus.bus().authenticator().authenticate(token)), "create_ticket", "{}").get("ticket").asText();
    try (var first = node.connect(transport); var second = node.connect(transport)) {
      assertThat(reply(first.request("agentbus.auth", "{'ticket': '" + ticket + "'}")).get("caller").asText()).endsWith(name);
      assertThat(second.request("agentbus.auth", "{'ticket': '" + ticket + "'}").path("failureCode").asInt()).isEqualTo(401);
      assertThat(reply(first.request("agentbus.op.whoami", "{}")).get("name").asText()).isEqualTo(name);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_connection_stays_with_who_opened_it(Transport transport) throws Exception {
    var other = node.agentToken("globex", "other-" + UUID.randomUUID());
    try (var client = node.connect(transport, token)) {
      assertThat(client.request("agentbus.auth", "{'token': '" + other + "'}").path("failureCode").asInt()).isEqualTo(403);
      assertThat(reply(client.request("agentbus.auth", "{'token': '" + token + "'}")).get("caller").asText()).endsWith(name);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_revoked_token_ends_its_connections(Transport transport) throws Exception {
    try (var client = node.connect(transport, token); var healthy = node.connect(transport, node.agentToken("acme", "h-" + UUID.randomUUID()))) {
      node.operate("revoke_agent_token", "{'agent': '" + name + "', 'namespace': 'acme'}");
      assertThat(client.awaitEnd()).isEqualTo("auth_error");
      assertThat(reply(healthy.request("agentbus.op.whoami", "{}")).has("name")).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_is_not_listed_is_denied(Transport transport) throws Exception {
    try (var client = node.connect(transport, token)) {
      for (var address : new String[] {"agentbus", "agentbus.op", "agentbus.event.x", "__vertx.reply.1", "agentbus.agent.acme." + name, UUID.randomUUID().toString()}) {
        assertThat(error(client.request(address, "{}"))).as(address).isEqualTo("ERROR 403 access_denied");
      }
      for (var address : new String[] {"agentbus.op.whoami", "agentbus.auth", "agentbus.event.Bad Topic", "agentbus.agent.", "agentbus.agent.acme.other",
          "agentbus.agent.globex." + name, "agentbus.inbox.", "agentbus.inbox.acme.other", "agentbus.inbox.globex." + name, "__vertx.circuit"}) {
        client.send("{'type': 'register', 'address': '" + address + "'}");
        var denied = client.next();
        assertThat(error(denied)).as(address).isEqualTo("ERROR 403 access_denied");
        assertThat(denied.get("address").asText()).isEqualTo(address);
      }
      client.send("{'type': 'publish', 'address': 'agentbus.event.build.done', 'body': {}}");
      var denied = client.next();
      assertThat(BridgeClient.word(denied)).isEqualTo("access_denied");
      assertThat(denied.get("detail").asText()).contains("emit_event");
    }
  }

  @ParameterizedTest
  @EnumSource
  void events_of_the_own_namespaces_are_told_once_for_each_address(Transport transport) throws Exception {
    var topic = "t" + UUID.randomUUID();
    var stranger = node.agentToken("globex", "stranger-" + UUID.randomUUID());
    try (var client = node.connect(transport, token); var outside = node.connect(transport, stranger)) {
      for (var each : new BridgeClient[] {client, outside}) {
        each.send("{'type': 'register', 'address': 'agentbus.event." + topic + ".*'}");
        each.send("{'type': 'register', 'address': 'agentbus.event." + topic + ".*'}");
        each.send("{'type': 'register', 'address': 'agentbus.event." + topic + ".done'}");
        each.request("agentbus.op.whoami", "{}");
      }
      node.operate("emit_event", "{'topic': '" + topic + ".done', 'namespace': 'acme', 'payload': {'n': 1}}");
      node.operate("emit_event", "{'topic': '" + topic + ".done', 'namespace': 'globex', 'payload': {'n': 2}}");
      node.operate("emit_event", "{'topic': '" + topic + ".end', 'namespace': 'acme/below', 'payload': {'n': 3}}");
      node.operate("emit_event", "{'topic': '" + topic + ".end', 'namespace': 'globex', 'payload': {'n': 4}}");
      var seen = new ArrayList<String>();
      for (var i = 0; i < 3; i++) {
        var event = client.next();
        seen.add(event.get("address").asText().substring(("agentbus.event." + topic).length()) + " " + reply(event).at("/payload/n") + " "
            + event.at("/body/namespace").asText());
      }
      assertThat(seen).containsExactlyInAnyOrder(".* 1 acme", ".done 1 acme", ".* 3 acme/below");
      var others = new ArrayList<Integer>();
      for (var i = 0; i < 3; i++) {
        others.add(reply(outside.next()).at("/payload/n").asInt());
      }
      assertThat(others).containsExactlyInAnyOrder(2, 2, 4);
      client.send("{'type': 'unregister', 'address': 'agentbus.event." + topic + ".*'}");
      client.request("agentbus.op.whoami", "{}");
      node.operate("emit_event", "{'topic': '" + topic + ".done', 'namespace': 'acme', 'payload': {'n': 5}}");
      assertThat(client.next().get("address").asText()).endsWith(".done");
      assertThat(client.waiting()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_the_bus_says_of_jobs_is_told_too(Transport transport) throws Exception {
    try (var client = node.connect(transport, token)) {
      client.send("{'type': 'register', 'address': 'agentbus.event.job.**'}");
      client.request("agentbus.op.whoami", "{}");
      var job = node.operate("enqueue_job", "{'subject': 's', 'target_agent': '" + name + "', 'namespace': 'acme'}");
      for (var event = client.next(); !event.at("/body/source_job_id").equals(job.get("id")); event = client.next()) {
        assertThat(event.path("address").asText()).isEqualTo("agentbus.event.job.**");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_request_to_an_agent_is_answered_by_its_connection(Transport transport) throws Exception {
    var address = "agentbus.agent.acme." + name;
    try (var client = node.connect(transport, token)) {
      client.send("{'type': 'register', 'address': '" + address + "'}");
      client.request("agentbus.op.whoami", "{}");
      var first = ask(address, 1);
      var request = client.next();
      assertThat(request.get("address").asText()).isEqualTo(address);
      assertThat(request.at("/body/job").asInt()).isEqualTo(1);
      assertThat(request.at("/headers/timeout").asInt()).isEqualTo(5_000);
      var reply = request.get("replyAddress").asText();
      client.send("{'type': 'send', 'address': '" + reply + "', 'body': {'admitted': true}}");
      assertThat(first.join()).isInstanceOf(Asked.Replied.class);
      client.send("{'type': 'send', 'address': '" + reply + "', 'body': {}}");
      assertThat(BridgeClient.word(client.next())).as("a second answer").isEqualTo("access_denied");

      var second = ask(address, 2);
      client.send("{'type': 'send', 'address': '" + client.next().get("replyAddress").asText() + "', 'failureCode': 409, 'message': 'busy'}");
      assertThat(second.join()).isEqualTo(new Asked.Failed(409, "busy"));

      var third = ask(address, 3);
      client.next();
      client.close();
      assertThat(third.join()).as("the connection ends meanwhile").isInstanceOfSatisfying(Asked.Failed.class, failed ->
          assertThat(failed.code()).isEqualTo(503));
      await().untilAsserted(() -> assertThat(ask(address, 4).join()).isInstanceOf(Asked.NoHandler.class));
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_agent_is_told_that_it_has_mail_but_not_what(Transport transport) throws Exception {
    var address = "agentbus.inbox.acme." + name;
    node.operate("update_agent", "{'agent': '" + name + "', 'namespace': 'acme', 'channel': 'eventbus'}");
    try (var client = node.connect(transport, token)) {
      client.send("{'type': 'register', 'address': '" + address + "'}");
      client.request("agentbus.op.whoami", "{}");
      node.operate("notify", "{'target_agent': '" + name + "', 'namespace': 'acme', 'title': 'secret'}");
      var hint = client.next();
      assertThat(hint.get("address").asText()).isEqualTo(address);
      assertThat(hint.get("body").toString()).isEqualTo("{\"namespace\":\"acme\",\"agent\":\"" + name + "\"}");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_job_of_a_namespace_that_only_looks_the_same_is_not_handed_over(Transport transport) throws Exception {
    var dotted = "x." + name;
    var address = "agentbus.agent.acme." + dotted;
    try (var client = node.connect(transport, node.agentToken("acme", dotted))) {
      client.send("{'type': 'register', 'address': '" + address + "'}");
      client.request("agentbus.op.whoami", "{}");
      var foreign = ask(address, "{\"namespace\": \"acme.x\"}").join();
      assertThat(foreign).isInstanceOfSatisfying(Asked.Failed.class, failed -> assertThat(failed.code()).isEqualTo(503));
      var own = ask(address, "{\"namespace\": \"acme/below\"}");
      client.send("{'type': 'send', 'address': '" + client.next().get("replyAddress").asText() + "', 'body': {}}");
      assertThat(own.join()).isInstanceOf(Asked.Replied.class);
    }
  }

  private static CompletableFuture<Asked> ask(String address, int job) {
    return ask(address, "{\"job\": " + job + "}");
  }

  private static CompletableFuture<Asked> ask(String address, String json) {
    var body = json.getBytes(StandardCharsets.UTF_8);
    return CompletableFuture.supplyAsync(() -> node.bus.await(() -> node.bus.bus().messages().ask(address, body, Duration.ofSeconds(5))));
  }

  @ParameterizedTest
  @EnumSource
  void a_claim_whose_connection_goes_takes_nothing(Transport transport) throws Exception {
    var client = node.connect(transport, token);
    client.send("{'type': 'send', 'address': 'agentbus.op.claim_jobs', 'replyAddress': 'r', 'body': {'wait_seconds': 30}}");
    client.request("agentbus.op.whoami", "{}");
    await().until(() -> node.bridge.calls() == 1);
    client.close();
    await().until(() -> node.bridge.calls() == 0);
    var job = node.operate("enqueue_job", "{'subject': 's', 'target_agent': '" + name + "', 'namespace': 'acme'}").get("id").asText();
    try (var next = node.connect(transport, token)) {
      var claimed = reply(next.request("agentbus.op.claim_jobs", "{'wait_seconds': 5}"));
      assertThat(claimed.at("/jobs/0/id").asText()).isEqualTo(job);
      assertThat(claimed.at("/jobs/0/attempt_count").asInt()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_connection_has_only_so_many_calls_in_flight_and_addresses(Transport transport) throws Exception {
    try (var client = node.connect(transport, token)) {
      for (var i = 0; i < BridgeNode.LIMITS.calls(); i++) {
        client.send("{'type': 'send', 'address': 'agentbus.op.claim_jobs', 'body': {'wait_seconds': 2}}");
      }
      var refused = client.request("agentbus.op.whoami", "{}");
      assertThat(refused.path("failureCode").asInt()).isEqualTo(429);
      for (var i = 0; i <= BridgeNode.LIMITS.handlers(); i++) {
        client.send("{'type': 'register', 'address': 'agentbus.event.x" + i + "'}");
      }
      assertThat(BridgeClient.word(client.next())).isEqualTo("max_handlers_reached");
    }
  }
}
