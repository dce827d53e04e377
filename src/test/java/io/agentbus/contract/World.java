package io.agentbus.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.crypto.StateSeal;
import io.agentbus.door.bridge.Bridge;
import io.agentbus.door.bridge.BridgeLimits;
import io.agentbus.door.bridge.TcpDoor;
import io.agentbus.door.bus.BusDoor;
import io.agentbus.door.mcp.McpDoor;
import io.agentbus.door.mcp.bus.BusContent;
import io.agentbus.door.mcp.legacy.Sessions;
import io.agentbus.door.rest.RestDoor;
import io.agentbus.http.BearerGate;
import io.agentbus.http.HttpSettings.Listen;
import io.agentbus.http.Site;
import io.agentbus.http.TestServer;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.op.Operation;
import io.agentbus.op.RecordShape;
import io.agentbus.op.Right;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import io.agentbus.webhook.in.Receiver.Receipt;
import io.agentbus.webhook.in.scheme.Headers;
import io.agentbus.webhook.in.scheme.Received;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A bus that serves, with two namespaces, {@code acme} and {@code globex}, that must not see each other, agents in the first, and
 * something for every operation to be done to.
 */
final class World implements AutoCloseable {
  static final String INSIDE = "acme";
  static final String OUTSIDE = "globex";
  static final String WORKER = "worker";
  static final String COLLEAGUE = "colleague";

  final TestBus bus;
  final String url;
  final TestServer web;
  final TcpDoor bridge;
  private final BusDoor onTheBus;
  /** Tokens of agents of {@link #INSIDE}. */
  final String worker;
  final String colleague;
  /** Tokens that may do everything within one namespace. */
  final String operator;
  final String stranger;
  /** Tokens of {@link #INSIDE} that may do everything but one thing. */
  final Map<Right, String> without = new EnumMap<>(Right.class);
  private final Caller root = TestBus.operator();
  private final Caller workerCaller;
  /** Of the job to be claimed next: higher than that of every one before, as some of those are in line again. */
  private int priority = 100;

  World(PgDatabase database) {
    bus = TestBus.open(database);
    url = database.url();
    var site = new Site();
    var gate = new BearerGate(bus.bus().authenticator(), 1_000);
    new RestDoor(bus.bus().catalogue(), gate, bus.bus().feed(), bus.bus().subscriptions().streams()).mount(site);
    new McpDoor(new BusContent(bus.bus().catalogue(), bus.bus().feed(), "test"), gate,
        StateSeal.ofProcess(Clock.systemUTC()), Sessions.Limits.DEFAULT).mount(site);
    web = new TestServer(site);
    var limits = BridgeLimits.DEFAULT;
    // The connections of the test say nothing while other doors are tried.
    var patient = new BridgeLimits(limits.frame(), limits.firstFrame(), limits.handlers(), limits.calls(), limits.queueBytes(), limits.queueFrames(),
        limits.connections(), limits.connectionsPerAddress(), limits.login(), Duration.ofHours(1), limits.halfFrame(), limits.reply(), limits.replies());
    bridge = bus.await(() -> TcpDoor.listen(web.vertx, Listen.loopback(0), Duration.ofSeconds(10), new Bridge(web.vertx, bus.bus().catalogue(), gate,
        bus.bus().authenticator(), bus.bus().feed(), bus.bus().messages(), patient)).await());
    onTheBus = bus.await(() -> BusDoor.open(bus.vertx(), bus.bus().catalogue(), gate).await());
    enqueue(OUTSIDE, "elsewhere", 1);
    enqueue(INSIDE + "/idle", WORKER, 1);
    worker = register(WORKER);
    colleague = register(COLLEAGUE);
    register("spare");
    workerCaller = bus.await(() -> bus.bus().authenticator().authenticate(worker));
    operator = token("operator", INSIDE, null);
    stranger = token("stranger", OUTSIDE, null);
    for (var right : Right.values()) {
      if (right != Right.NONE) {
        without.put(right, token("without-" + right.wire(), INSIDE, right));
      }
    }
  }

  /** A call that the operation takes, on things of its own. */
  Sample sample(Operation<?, ?, ?> operation) {
    return switch (operation.name()) {
      case "enqueue_job" -> of(worker, "{'subject': 's', 'target_agent': 'worker'}");
      case "enqueue_jobs" -> of(worker, "{'jobs': [{'subject': 's', 'target_agent': 'worker'}]}");
      case "get_job", "explain_job", "job_timeline" -> of(worker, "{'job_id': '" + queued() + "'}");
      case "cancel_job", "kill_job" -> of(operator, "{'job_id': '" + queued() + "'}");
      case "reprioritize_job" -> of(operator, "{'job_id': '" + queued() + "', 'priority': 7}");
      case "reassign_job" -> of(operator, "{'job_id': '" + queued() + "', 'target_agent': 'colleague'}");
      case "unblock_job" -> of(operator, "{'job_id': '" + ended("block_job", "'blocked_reason': 'r'") + "'}");
      case "retry_job" -> of(operator, "{'job_id': '" + ended("fail_job", "'last_error': 'e'") + "'}");
      case "mark_running_job", "renew_job_lease", "complete_job" -> held("release_job", "");
      case "report_progress" -> held("release_job", ", 'progress': {'done': 1}");
      case "block_job" -> held("release_job", ", 'blocked_reason': 'r'");
      case "fail_job" -> held("release_job", ", 'last_error': 'e'");
      case "release_job" -> held("fail_job", "");
      case "complete_jobs" -> {
        var one = held("release_job", "");
        yield new Sample(worker, json("{'jobs': [" + one.input() + "]}"), one.staleFence());
      }
      case "emit_event" -> of(worker, "{'topic': 'infra.checked'}");
      case "get_event" -> of(worker, "{'event_id': "
          + bus.call(workerCaller, "emit_event", "{\"topic\": \"infra.checked\"}").get("id") + "}");
      case "notify" -> of(worker, "{'target_agent': 'colleague', 'title': 't'}");
      case "inbox" -> of(worker, "{'agent': 'worker'}");
      case "get_message", "ack_message" -> of(worker, "{'message_id': " + message() + "}");
      case "defer_message" -> of(worker, "{'message_id': " + message() + ", 'seconds': 5}");
      case "subscribe" -> of(operator, "{'to': 'sse'}");
      case "unsubscribe", "get_subscription", "pause_subscription", "resume_subscription" -> of(worker, "{'subscription_id': " + subscription() + "}");
      case "update_subscription" -> of(operator, "{'subscription_id': " + subscription() + ", 'description': 'd'}");
      case "test_subscription" -> of(worker, "{'subscription_id': " + subscription() + ", 'event_id': "
          + bus.call(workerCaller, "emit_event", "{\"topic\": \"infra.checked\"}").get("id") + "}");
      case "rotate_subscription_secret", "ping_subscription" -> of(worker, "{'subscription_id': " + hook() + "}");
      case "get_delivery" -> of(worker, "{'delivery_id': " + delivery() + "}");
      case "replay_deliveries" -> of(operator, "{'subscription_id': " + subscription() + "}");
      case "register_agent" -> of("", "{'join_token': '" + joinToken(INSIDE) + "', 'name': 'newcomer'}");
      case "claim_jobs", "agent_heartbeat" -> of(worker, "{}");
      case "get_agent", "rotate_agent_token" -> of(worker, "{'agent': 'worker'}");
      case "update_agent" -> of(worker, "{'agent': 'worker', 'hostname': 'h'}");
      case "revoke_agent_token" -> of(operator, "{'agent': 'spare'}");
      case "pause_agent", "resume_agent" -> of(operator, "{'agent': 'spare', 'reason': 'r'}");
      case "pause_lane", "resume_lane" -> of(operator, "{'lane': 'idle', 'namespace': 'acme/idle', 'reason': 'r'}");
      case "pause_namespace", "resume_namespace" -> of(operator, "{'namespace': 'acme/idle', 'reason': 'r'}");
      case "create_token" -> of(operator, "{'name': 'service', 'rights': ['read']}");
      case "revoke_token" -> of(operator, "{'token_id': " + madeToken("shortlived", INSIDE, null).at("/token/id") + "}");
      case "create_campaign" -> of(operator, "{'name': 'c" + ++priority + "', 'phases': [{'name': 'p', 'worker': 'worker', 'expected_seconds': 60}]}");
      case "report_phase", "rerun_phase", "get_phase_run" -> of(operator, "{'campaign_id': " + campaign() + ", 'phase': 'p'"
          + (operation.name().equals("report_phase") ? ", 'verdict': 'passed'}" : "}"));
      case "get_campaign", "cancel_campaign" -> of(operator, "{'campaign_id': " + campaign() + "}");
      case "decide_campaign" -> {
        var id = campaign();
        bus.call(root, "report_phase", json("{'campaign_id': " + id + ", 'phase': 'p', 'verdict': 'failed'}").toString());
        yield of(operator, "{'campaign_id': " + id + ", 'decision': 'accept'}");
      }
      case "audit_window" -> of(operator, "{'agent': 'worker', 'from': '" + Instant.now().minus(Duration.ofHours(1)) + "'}");
      case "memory_store" -> of(worker, "{'title': 't', 'content': 'c'}");
      case "memory_get", "memory_delete", "memory_promote" -> of(worker, "{'id': '" + memory() + "'}");
      case "memory_update" -> of(worker, "{'id': '" + memory() + "', 'content': 'd'}");
      case "memory_search" -> of(worker, "{'query': 'c'}");
      case "memory_recall" -> of(worker, "{'context': 'c'}");
      case "memory_kg_timeline", "memory_kg_query" -> of(worker, "{'source_id': '" + memory() + "'}");
      case "memory_link" -> of(worker, "{'source_id': '" + memory() + "', 'target_id': '" + memory() + "'}");
      case "memory_kg_invalidate" -> of(worker, "{'source_id': '" + memory() + "', 'target_id': '" + memory() + "', 'relation': 'related_to'}");
      case "memory_subscribe" -> of(worker, "{'namespace_filter': 'acme/**'}");
      case "memory_unsubscribe" -> of(worker, "{'id': " + bus.call(workerCaller, "memory_subscribe", "{}").get("id") + "}");
      case "memory_notify" -> of(worker, "{'target_agent_id': 'colleague', 'title': 't', 'payload': 'p'}");
      case "memory_inbox" -> of(worker, "{}");
      case "memory_agent_register" -> of(worker, "{'agent_id': 'worker', 'agent_type': 'system'}");
      case "memory_namespace_set_standard" -> of(operator, "{'namespace': 'acme/standard', 'id': '" + memory() + "'}");
      case "memory_pending_approve", "memory_pending_reject" -> of(operator, "{'id': '" + pending() + "'}");
      case "put_source" -> of(operator, "{'name': 'source-" + ++priority + "', 'scheme': 'github'}");
      case "get_source", "rotate_source_secret", "delete_source", "list_routes", "list_webhooks" -> of(operator, "{'source': '" + source() + "'}");
      case "put_route" -> of(operator, "{'source': '" + source() + "', 'name': 'r', 'then': {'ignore': true}}");
      case "delete_route" -> {
        var source = source();
        bus.call(root, "put_route", json("{'source': '" + source + "', 'name': 'r', 'then': {'ignore': true}}").toString());
        yield of(operator, "{'source': '" + source + "', 'name': 'r'}");
      }
      case "test_route" -> of(operator, "{'source': '" + source() + "', 'payload': {}}");
      case "get_webhook" -> of(operator, "{'webhook_id': '" + webhook() + "'}");
      case "retry_webhook" -> {
        var webhook = webhook();
        new Truth(url).update("DELETE FROM webhook_pending WHERE webhook_id = ?::uuid", webhook);
        new Truth(url).update("UPDATE webhooks SET status = 'dead' WHERE id = ?::uuid", webhook);
        yield of(operator, "{'webhook_id': '" + webhook + "'}");
      }
      default -> {
        if (RecordShape.of(operation.input()).fields().stream().anyMatch(field -> field.required())) {
          throw new AssertionError("say here what " + operation.name() + " takes");
        }
        yield of(operator, "{}");
      }
    };
  }

  private String memory() {
    return bus.call(workerCaller, "memory_store", json("{'title': 'm" + ++priority + "', 'content': 'c'}").toString()).get("id").asText();
  }

  /** An action that waits for approval. */
  private String pending() {
    bus.call(root, "memory_namespace_set_standard", json("{'namespace': 'acme/governed', 'id': '" + memory() + "', 'governance': {'write': 'approve'}}")
        .toString());
    return bus.call(workerCaller, "memory_store", json("{'title': 'm" + ++priority + "', 'content': 'c', 'namespace': 'acme/governed'}").toString())
        .get("pending_id").asText();
  }

  private String source() {
    var name = "source-" + ++priority;
    bus.call(root, "put_source", json("{'name': '" + name + "', 'namespace': '" + INSIDE + "', 'scheme': 'bearer', 'secrets': [{'secret': 'the token of "
        + name + "'}]}").toString());
    return name;
  }

  /** One that came and waits for its route. */
  private String webhook() {
    var name = source();
    var request = new Received(new Headers(Map.of("authorization", "Bearer the token of " + name, "content-type", "application/json").entrySet()),
        "{}".getBytes(StandardCharsets.UTF_8));
    var receipt = bus.await(() -> {
      var receiver = bus.bus().webhooksIn().receiver(10);
      return receiver.take(receiver.prove(name, request));
    });
    return ((Receipt.Kept) receipt).webhooks().getFirst().id().toString();
  }

  private Sample of(String token, String input) {
    return new Sample(token, json(input), 0);
  }

  /** A job that the worker holds for the second time, after the first attempt was ended by {@code verb}. */
  private Sample held(String verb, String more) {
    var job = enqueue(INSIDE, WORKER, ++priority);
    var first = claim(job);
    bus.call(workerCaller, verb, json(attempt(first)
        + (verb.equals("fail_job") ? ", 'last_error': 'e', 'retry_seconds': 0}" : "}")).toString());
    var second = claim(job);
    return new Sample(worker, json(attempt(second) + more + "}"), first.get("fence").asLong());
  }

  private String ended(String verb, String more) {
    var job = enqueue(INSIDE, WORKER, ++priority);
    bus.call(workerCaller, verb, json(attempt(claim(job)) + ", " + more + "}").toString());
    return job;
  }

  private JsonNode claim(String job) {
    var claimed = bus.call(workerCaller, "claim_jobs", "{\"limit\": 1}").at("/jobs/0");
    if (!claimed.path("id").asText().equals(job)) {
      throw new AssertionError("not " + job + " was claimed but " + claimed);
    }
    return claimed;
  }

  /** A message for the worker. */
  private JsonNode message() {
    return bus.call(root, "notify", json("{'target_agent': 'worker', 'namespace': '" + INSIDE + "', 'title': 't'}").toString()).get("id");
  }

  /** A subscription of the worker. */
  private JsonNode subscription() {
    return bus.call(workerCaller, "subscribe", "{\"to\": \"inbox\", \"topic\": \"infra.checked\"}").get("id");
  }

  /** The same by webhook, to nowhere. */
  private JsonNode hook() {
    return bus.call(workerCaller, "subscribe", "{\"to\": \"webhook\", \"topic\": \"infra.checked\", \"url\": \"https://hooks.invalid/\"}").get("id");
  }

  /** A delivery of such a subscription. */
  private JsonNode delivery() {
    var event = bus.call(workerCaller, "emit_event", "{\"topic\": \"infra.checked\"}").get("id");
    bus.await(() -> bus.bus().sequencer().run());
    // What comes after it is told in its turn and never by a replay.
    var subscription = subscription();
    return bus.call(root, "replay_deliveries", "{\"subscription_id\": " + subscription + ", \"to_event_id\": " + event + "}")
        .at("/sample/0/delivery_id");
  }

  private static String attempt(JsonNode claimed) {
    return "{'job_id': " + claimed.get("id") + ", 'fence': " + claimed.get("fence");
  }

  /** A campaign of one phase, as JSON text. */
  private JsonNode campaign() {
    return bus.call(root, "create_campaign", json("{'name': 'c" + ++priority + "', 'namespace': '" + INSIDE
        + "', 'phases': [{'name': 'p', 'worker': 'spare', 'expected_seconds': 60}]}").toString()).get("id");
  }

  private String queued() {
    return enqueue(INSIDE, WORKER, 1);
  }

  String enqueue(String namespace, String agent, int priority) {
    return bus.call(root, "enqueue_job", json("{'subject': 's', 'namespace': '" + namespace + "', 'target_agent': '" + agent
        + "', 'priority': " + priority + "}").toString()).get("id").asText();
  }

  private String register(String name) {
    return register(INSIDE, name, "'concurrency': 0");
  }

  /** Registers an agent and answers its token. @param more further fields */
  String register(String namespace, String name, String more) {
    return bus.call(Caller.anonymous(), "register_agent", json("{'join_token': '" + joinToken(namespace) + "', 'name': '" + name
        + "', " + more + "}").toString()).get("agent_token").asText();
  }

  private String joinToken(String namespace) {
    return bus.call(root, "create_join_token", json("{'namespace': '" + namespace + "'}").toString()).get("join_token").asText();
  }

  /** Makes a token for everything within a namespace but, perhaps, one thing. */
  String token(String name, String namespace, Right missing) {
    return madeToken(name, namespace, missing).get("secret").asText();
  }

  private JsonNode madeToken(String name, String namespace, Right missing) {
    var rights = Arrays.stream(Right.values()).filter(right -> right != Right.NONE && right != missing)
        .map(right -> "'" + right.wire() + "'").collect(Collectors.joining(", "));
    return bus.call(root, "create_token", json("{'name': '" + name + "', 'namespaces': ['" + namespace + "'], 'rights': [" + rights + "]}")
        .toString());
  }

  /** JSON in which a quote is single. */
  static ObjectNode json(String text) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(text.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException(text, e);
    }
  }

  @Override
  public void close() throws Exception {
    web.close();
    bus.await(() -> onTheBus.stop().await());
    bus.close();
  }
}
