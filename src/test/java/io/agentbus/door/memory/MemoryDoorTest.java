package io.agentbus.door.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.door.rest.RestDoor;
import io.agentbus.http.BearerGate;
import io.agentbus.http.Site;
import io.agentbus.http.TestServer;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests of ai-memory's clients get the answers that they know. */
@Timeout(60)
class MemoryDoorTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static TestBus bus;
  private static TestServer web;
  private static HttpClient http;
  private static String ann;
  private static String bob;
  private static String operator;

  /** An answer. */
  private record Told(int status, JsonNode body, String type) {
    List<String> fields() {
      return body.properties().stream().map(field -> field.getKey()).toList();
    }
  }

  @BeforeAll
  static void open() {
    bus = TestBus.open(DATABASE);
    var site = new Site();
    var gate = new BearerGate(bus.bus().authenticator(), 1_000);
    new RestDoor(bus.bus().catalogue(), gate, bus.bus().feed(), bus.bus().subscriptions().streams()).mount(site);
    new MemoryDoor(bus.bus().catalogue(), gate).mount(site);
    web = new TestServer(site);
    http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    ann = agent("ann");
    bob = agent("ai:bob@host");
    operator = bus.call(TestBus.operator(), "create_token", "{\"name\": \"op\", \"namespaces\": [\"acme\"], \"rights\": [\"read\", \"ask\", \"operate\"]}")
        .get("secret").asText();
  }

  @AfterAll
  static void close() throws Exception {
    http.close();
    web.close();
    bus.close();
  }

  @Test
  void a_memory_is_stored_got_changed_promoted_and_deleted() throws Exception {
    var stored = send(ann, "POST", "/memories", "{'title': 'life', 'content': 'all of it', 'namespace': 'acme/life', 'priority': 7}");
    assertThat(stored.status()).isEqualTo(201);
    assertThat(stored.fields()).containsExactly("id", "tier", "title", "namespace", "agent_id");
    var path = "/memories/" + stored.body().get("id").asText();
    var got = send(bob, "GET", path, "");
    assertThat(got.fields()).containsExactly("memory", "links");
    assertThat(got.body().at("/memory/priority").asInt()).isEqualTo(7);
    assertThat(send(bob, "PUT", path, "{'content': 'more of it'}").body().get("content").asText()).isEqualTo("more of it");
    var promoted = send(bob, "POST", path + "/promote", "");
    assertThat(promoted.body().get("promoted").asBoolean()).isTrue();
    assertThat(promoted.body().get("tier").asText()).isEqualTo("long");
    var deleted = send(ann, "DELETE", path, "");
    assertThat(deleted.status()).isEqualTo(200);
    assertThat(deleted.body().toString()).isEqualTo("{\"deleted\":true}");
    assertThat(send(ann, "GET", path, "").status()).isEqualTo(404);
  }

  @Test
  void memories_are_listed_searched_and_recalled() throws Exception {
    send(ann, "POST", "/memories", "{'title': 'kea', 'content': 'a parrot of the alps', 'namespace': 'acme/birds', 'tags': ['bird']}");
    var listed = send(bob, "GET", "/memories?namespace=acme/birds&limit=5&tags=bird", "");
    assertThat(listed.fields()).containsExactlyInAnyOrder("memories", "count");
    assertThat(listed.body().at("/memories/0/title").asText()).isEqualTo("kea");
    var found = send(bob, "GET", "/search?q=parrot%20alps&namespace=acme/*", "");
    assertThat(found.fields()).containsExactlyInAnyOrder("results", "count", "query");
    assertThat(found.body().get("query").asText()).isEqualTo("parrot alps");
    assertThat(found.body().at("/results/0/title").asText()).isEqualTo("kea");
    assertThat(send(bob, "GET", "/recall?context=parrot&limit=1", "").body().at("/memories/0/title").asText()).isEqualTo("kea");
    assertThat(send(bob, "POST", "/recall", "{'context': 'parrot', 'budget_tokens': 1}").body().get("count").asInt()).isEqualTo(1);
    assertThat(send(bob, "GET", "/search", "").status()).isEqualTo(400);
  }

  @Test
  void links_are_made_and_told_in_their_order() throws Exception {
    var root = id("root");
    var leaf = id("leaf");
    var made = send(ann, "POST", "/links", "{'source_id': '" + root + "', 'target_id': '" + leaf + "', 'relation': 'supersedes'}");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.body().get("linked").asBoolean()).isTrue();
    assertThat(send(bob, "GET", "/links/" + root, "").body().at("/links/0/target_id").asText()).isEqualTo(leaf);
    var told = send(bob, "GET", "/kg/timeline?source_id=" + root + "&limit=2000", "");
    assertThat(told.fields()).containsExactly("source_id", "events", "count");
    assertThat(told.body().at("/events/0/title").asText()).isEqualTo("leaf");
    assertThat(send(bob, "POST", "/kg/query", "{'source_id': '" + root + "'}").body().get("count").asInt()).isEqualTo(1);
    assertThat(send(ann, "POST", "/kg/invalidate", "{'source_id': '" + root + "', 'target_id': '" + leaf + "', 'relation': 'supersedes'}").body()
        .get("found").asBoolean()).isTrue();
  }

  @Test
  void a_message_is_sent_with_its_payload_or_content_and_found_in_the_inbox() throws Exception {
    var sent = send(ann, "POST", "/notify", "{'target_agent_id': 'ai:bob@host', 'title': 'Phase complete', 'payload': 'green', 'priority': 8}");
    assertThat(sent.status()).isEqualTo(201);
    assertThat(sent.fields()).containsExactly("id", "from", "to", "namespace", "tier", "delivered_at");
    assertThat(send(ann, "POST", "/notify", "{'target_agent_id': 'ai:bob@host', 'title': 'Phase complete', 'content': 'red', 'priority': 99}").status())
        .isEqualTo(201);
    var inbox = send(bob, "GET", "/inbox?unread_only=true&limit=10", "");
    assertThat(inbox.status()).isEqualTo(200);
    assertThat(inbox.fields()).containsExactly("agent_id", "namespace", "count", "unread_only", "messages");
    assertThat(inbox.body().get("messages").findValuesAsText("payload")).containsExactly("red", "green");
    assertThat(inbox.body().get("messages").findValuesAsText("from")).containsOnly("ann");
    assertThat(send(ann, "GET", "/inbox?agent_id=ai:bob@host", "").status()).isEqualTo(403);
  }

  @Test
  void a_subscription_is_made_listed_and_ended() throws Exception {
    var made = send(ann, "POST", "/subscriptions", "{'url': 'https://example.com/hook', 'events': 'memory_store', 'namespace_filter': 'acme/*'}");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.body().get("created_by").asText()).isEqualTo("ann");
    var light = send(bob, "POST", "/subscriptions", "{'agent_id': 'ai:bob@host', 'namespace': 'acme/life'}");
    assertThat(light.status()).isEqualTo(201);
    assertThat(light.body().get("url").asText()).isEqualTo("agentbus:inbox");
    var listed = send(bob, "GET", "/subscriptions?agent_id=ai:bob@host", "");
    assertThat(listed.body().get("count").asInt()).isEqualTo(1);
    assertThat(listed.body().at("/subscriptions/0/namespace").asText()).isEqualTo("acme/life");
    assertThat(listed.body().at("/subscriptions/0/agent_id").asText()).isEqualTo("ai:bob@host");
    assertThat(send(bob, "POST", "/subscriptions", "{'agent_id': 'ann', 'namespace': 'acme/life'}").status()).isEqualTo(403);
    var id = made.body().get("id").asText();
    assertThat(send(bob, "DELETE", "/subscriptions?id=" + id, "").body().get("removed").asBoolean()).isFalse();
    assertThat(send(ann, "DELETE", "/subscriptions?id=" + id, "").body().get("removed").asBoolean()).isTrue();
  }

  @Test
  void capabilities_are_told_in_the_form_that_the_header_asks_for() throws Exception {
    assertThat(send(ann, "GET", "/capabilities", "").body().get("schema_version").asText()).isEqualTo("2");
    var old = send(ann, "GET", "/capabilities", "", "Accept-Capabilities", "v1");
    assertThat(old.fields()).containsExactly("tier", "version", "features", "models");
  }

  @Test
  void what_needs_approval_is_accepted_and_what_is_taken_a_conflict() throws Exception {
    var standard = id("standard");
    assertThat(send(operator, "POST", "/namespaces/acme%2Fgoverned/standard",
        "{'id': '" + standard + "', 'governance': {'write': 'approve', 'delete': 'owner'}}").status()).isEqualTo(200);
    var pending = send(ann, "POST", "/memories", "{'title': 'asked', 'content': 'c', 'namespace': 'acme/governed'}");
    assertThat(pending.status()).isEqualTo(202);
    assertThat(pending.body().get("status").asText()).isEqualTo("pending");
    var id = pending.body().get("pending_id").asText();
    assertThat(send(bob, "POST", "/pending/" + id + "/approve", "").status()).isEqualTo(403);
    assertThat(send(bob, "GET", "/pending?status=pending", "").body().at("/pending/0/id").asText()).isEqualTo(id);
    var approved = send(operator, "POST", "/pending/" + id + "/approve", "");
    assertThat(approved.status()).isEqualTo(200);
    assertThat(approved.body().get("executed").asBoolean()).isTrue();
    var taken = send(ann, "POST", "/memories", "{'title': 'standard', 'content': 'c', 'namespace': 'acme/made'}");
    assertThat(taken.status()).isEqualTo(409);
    assertThat(taken.body().get("existing_id").asText()).isEqualTo(standard);
    var denied = send(bob, "DELETE", "/memories/" + approved.body().get("memory_id").asText(), "");
    assertThat(denied.status()).isEqualTo(403);
    assertThat(denied.body().get("error").asText()).contains("delete denied by governance");
  }

  @Test
  void errors_have_the_text_that_clients_look_for_and_the_problem() throws Exception {
    var wrong = send(ann, "POST", "/notify", "{'title': 't', 'payload': 'p', 'colour': 'red'}");
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.type()).isEqualTo("application/json");
    assertThat(wrong.body().get("error").asText()).contains("target_agent_id");
    assertThat(wrong.body().get("code").asText()).isEqualTo("invalid_input");
    assertThat(wrong.body().get("errors").toString()).contains("/colour");
    assertThat(send("", "GET", "/inbox", "").status()).isEqualTo(401);
    assertThat(send("", "GET", "/inbox", "").body().has("error")).isTrue();
    assertThat(send(ann, "PATCH", "/inbox", "").status()).isEqualTo(405);
    assertThat(send(ann, "GET", "/memories/nothing/of/this", "").body().get("code").asText()).isEqualTo("not_found");
  }

  @Test
  void a_token_may_come_as_a_key_and_the_agent_be_named_again() throws Exception {
    assertThat(send("", "GET", "/inbox", "", "X-API-Key", ann, "X-Agent-Id", "ann").body().get("agent_id").asText()).isEqualTo("ann");
    assertThat(send(ann, "POST", "/memories", "{'title': 'as bob', 'content': 'c'}", "X-Agent-Id", "ai:bob@host").status()).isEqualTo(403);
    assertThat(send("", "GET", "/inbox", "", "X-API-Key", "nonsense").status()).isEqualTo(401);
  }

  @Test
  void the_usual_routes_are_served_beside_them() throws Exception {
    assertThat(send(ann, "GET", "/memory/entries?limit=1", "").status()).isEqualTo(200);
    assertThat(send(ann, "POST", "/op/memory_list", "{}").body().get("format").asText()).isEqualTo("json");
    assertThat(send(ann, "GET", "/jobs", "").status()).isEqualTo(200);
  }

  private static String id(String title) throws Exception {
    return send(ann, "POST", "/memories", "{'title': '" + title + "', 'content': 'c', 'namespace': 'acme/made'}").body().get("id").asText();
  }

  private static String agent(String name) {
    var join = bus.call(TestBus.operator(), "create_join_token", "{\"namespace\": \"acme\"}").get("join_token").asText();
    return bus.call(Caller.anonymous(), "register_agent", "{\"join_token\": \"" + join + "\", \"name\": \"" + name + "\"}").get("agent_token").asText();
  }

  private static Told send(String token, String method, String path, String body, String... headers) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(web.server.baseUrl() + "/api/v1" + path))
        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body.replace('\'', '"')));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    for (var i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Told(answer.statusCode(), Json.MAPPER.readTree(answer.body()), answer.headers().firstValue("content-type").orElse(""));
  }
}
