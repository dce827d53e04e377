package io.agentbus.webhook.in;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of webhooks that were taken. */
@Timeout(120)
class WebhookRouterTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static SourceBench bench;

  @BeforeAll
  static void open() {
    bench = new SourceBench(DATABASE);
    bench.bus.agent("acme", "devops", 0);
    bench.bus.agent("globex", "stranger", 0);
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  private static String job(String id, String column) {
    return bench.truth.one("SELECT " + column + " FROM jobs WHERE id = ?::uuid", id);
  }

  @Test
  void every_webhook_is_an_event_of_its_own_topic_from_its_source() {
    var source = bench.source("acme", "");
    var one = bench.send(source, "{\"type\": \"Order.Created!\", \"n\": 7}");
    bench.routeAll();
    assertThat(bench.status(one.id())).isEqualTo("routed");
    var event = bench.truth.one("SELECT made ->> 'event_id' FROM webhooks WHERE id = ?", one.id());
    assertThat(bench.truth.one("SELECT concat_ws(' ', topic, namespace, source_agent, dedupe_key = ?, payload ->> 'n') FROM events WHERE id = ?::uuid",
        one.id().toString(), event)).isEqualTo("webhook." + source + ".order.created_ acme source:" + source + " t 7");
    assertThat(bench.truth.one("SELECT actor FROM journal j JOIN event_facts e ON e.journal_id = j.id WHERE e.id = ?::uuid", event))
        .isEqualTo("source:" + source);
  }

  @Test
  void a_route_makes_a_job_of_literals_and_expressions() {
    var source = bench.source("acme", "'default_agent': 'devops'");
    bench.route(source, "reds", """
        "when": "event.type == 'build' && event.payload.verdict == 'red' && event.headers['user-agent'].startsWith('Hook')",
        "then": {"job": {"subject": {"cel": "'build of ' + event.payload.ref"}, "priority": 700, "job_type": "delivery", "dedupe_key":
          {"cel": "event.payload.ref"}, "payload": {"ref": {"cel": "event.payload.ref"}, "all": {"cel": "event.payload"}, "fixed": [1, {"cel": "2 + 3"}]}}}
        """);
    var red = bench.send(source, "{\"type\": \"build\", \"verdict\": \"red\", \"ref\": \"main\"}", "user-agent: Hookshot");
    var green = bench.send(source, "{\"type\": \"build\", \"verdict\": \"green\"}", "user-agent: Hookshot");
    bench.routeAll();
    var job = bench.made(red.id(), "job_id");
    assertThat(job(job, "concat_ws(' ', subject, target_agent, source_agent, namespace, priority, dedupe_key)"))
        .isEqualTo("build of main devops source:" + source + " acme 700 main");
    assertThat(job(job, "payload::text")).isEqualTo(
        "{\"all\": {\"ref\": \"main\", \"type\": \"build\", \"verdict\": \"red\"}, \"ref\": \"main\", \"fixed\": [1, 5]}");
    assertThat(bench.truth.one("SELECT jsonb_array_length(made -> 'routes') FROM webhooks WHERE id = ?", green.id())).isEqualTo("0");
    assertThat(bench.status(green.id())).isEqualTo("routed");
  }

  @Test
  void what_a_route_leaves_open_is_said_by_the_webhook() {
    var source = bench.source("acme", "'default_agent': 'devops'");
    bench.route(source, "all", "\"then\": {\"job\": {}, \"message\": {}}");
    var one = bench.send(source, "{\"type\": \"ping\"}");
    bench.routeAll();
    assertThat(job(bench.made(one.id(), "job_id"), "concat_ws(' ', subject, target_agent, payload ->> 'webhook_id', payload -> 'payload' ->> 'type')"))
        .isEqualTo(source + " ping devops " + one.id() + " ping");
    assertThat(bench.truth.one("SELECT concat_ws(' ', title, source_agent, target) FROM inbox_messages WHERE id = ?::uuid",
        bench.made(one.id(), "message_id"))).isEqualTo(source + " ping source:" + source + " devops");
  }

  @Test
  void routes_are_looked_at_in_their_order_and_the_last_that_matches_ends_it() {
    var source = bench.source("acme", "");
    bench.route(source, "c", "\"order\": 3, \"then\": {\"event\": {\"topic\": \"routed.c\"}}");
    bench.route(source, "b", "\"order\": 2, \"when\": \"event.payload.stop\", \"then\": {\"ignore\": true}");
    bench.route(source, "a", "\"order\": 1, \"last\": false, \"then\": {\"event\": {\"topic\": \"routed.a\"}}");
    var goes = bench.send(source, "{\"stop\": false, \"n\": 1}");
    var stops = bench.send(source, "{\"stop\": true, \"n\": 2}");
    var odd = bench.send(source, "{\"n\": 3}");
    bench.routeAll();
    var routes = "SELECT coalesce(string_agg(r ->> 'route', ' '), '') FROM webhooks w, jsonb_array_elements(w.made -> 'routes') r WHERE w.id = ?";
    assertThat(bench.truth.one(routes, goes.id())).isEqualTo("a c");
    assertThat(bench.truth.one(routes, stops.id())).isEqualTo("a b");
    assertThat(bench.truth.one(routes, odd.id())).as("a condition that cannot be evaluated does not match").isEqualTo("a c");
  }

  @Test
  void a_webhook_that_cannot_be_routed_leaves_nothing_is_tried_again_and_ends_as_a_visible_dead_letter() {
    var source = bench.source("acme", "");
    bench.route(source, "to-nobody", "\"then\": {\"job\": {\"target_agent\": \"devops\", \"subject\": \"s\"}, \"message\": {\"target_agent\": \"nobody\"}}");
    var one = bench.send(source, "{\"n\": 1}");
    bench.truth.update("UPDATE webhook_pending SET due_at = now() WHERE webhook_id = ?", one.id());
    bench.routeAll();
    bench.truth.update("UPDATE webhook_pending SET due_at = now()");
    bench.routeAll();
    var dead = bench.call("get_webhook", "{'webhook_id': '" + one.id() + "'}").get("webhook");
    assertThat(dead.get("status").asText() + " " + dead.get("tries").asInt()).isEqualTo("dead 2");
    assertThat(dead.get("last_error").asText()).contains("nobody");
    assertThat(bench.truth.count("SELECT count(*) FROM jobs WHERE source_agent = ?", "source:" + source)).isZero();
    assertThat(bench.truth.count("SELECT count(*) FROM events WHERE topic = ?", dead.get("topic").asText())).isZero();
    assertThat(bench.truth.count("SELECT count(*) FROM events WHERE topic = 'source.webhook_dead' AND payload ->> 'webhook_id' = ?", one.id().toString()))
        .isEqualTo(1);
    assertThat(bench.call("get_source", "{'source': '" + source + "'}").get("dead").asInt()).isEqualTo(1);
    assertThat(bench.call("list_webhooks", "{'source': '" + source + "', 'status': 'dead'}").get("items")).hasSize(1);

    bench.bus.agent("acme", "nobody", 0);
    bench.call("retry_webhook", "{'webhook_id': '" + one.id() + "'}");
    bench.routeAll();
    assertThat(bench.status(one.id())).isEqualTo("routed");
    assertThat(bench.truth.count("SELECT count(*) FROM jobs WHERE source_agent = ?", "source:" + source)).isEqualTo(1);
  }

  @Test
  void two_nodes_that_route_at_once_make_everything_once() throws Exception {
    var source = bench.source("acme", "'default_agent': 'devops'");
    bench.route(source, "all", "\"then\": {\"job\": {\"dedupe_key\": {\"cel\": \"string(event.payload.n)\"}}}");
    for (var n = 0; n < 40; n++) {
      bench.send(source, "{\"n\": " + n + "}");
    }
    try (var other = TestBus.open(DATABASE); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var work = new ArrayList<Callable<Integer>>();
      for (var node : new TestBus[] {bench.bus, other, bench.bus, other}) {
        work.add(() -> {
          var routed = 0;
          while (node.bus().webhooksIn().router().routeNext(SourceBench.CONFIG)) {
            routed++;
          }
          return routed;
        });
      }
      var routed = 0;
      for (var one : threads.invokeAll(work)) {
        routed += one.get();
      }
      assertThat(routed).isEqualTo(40);
    }
    assertThat(bench.truth.count("SELECT count(*) FROM jobs WHERE source_agent = ?", "source:" + source)).isEqualTo(40);
    assertThat(bench.truth.count("SELECT count(*) FROM events WHERE topic LIKE 'webhook.%' AND source_agent = ?", "source:" + source)).isEqualTo(40);
  }

  @Test
  void a_route_reaches_nobody_beyond_the_namespace_of_its_source() {
    var source = bench.source("acme", "");
    bench.route(source, "out", "\"then\": {\"job\": {\"target_agent\": \"stranger\", \"namespace\": \"globex\"}}");
    var one = bench.send(source, "{}");
    bench.routeAll();
    assertThat(bench.truth.one("SELECT last_error FROM webhooks WHERE id = ?", one.id())).contains("There is no namespace globex here");
    bench.call("delete_route", "{'source': '" + source + "', 'name': 'out'}");
    bench.truth.update("UPDATE webhook_pending SET due_at = now()");
    bench.routeAll();
    assertThat(bench.truth.count("SELECT count(*) FROM jobs WHERE source_agent = ?", "source:" + source)).isZero();
  }

  @Test
  void what_postgres_cannot_keep_and_what_no_event_can_hold_is_taken_nevertheless() {
    var source = bench.source("acme", "'default_agent': 'devops'");
    bench.route(source, "all", "\"then\": {\"job\": {}}");
    var odd = bench.send(source, "{\"nul\\u0000\": \"a\\u0000b \\ud800\", \"n\": 1e999, \"deep\": " + "[".repeat(62) + "]".repeat(62) + "}");
    var large = bench.send(source, "{\"text\": \"" + "x".repeat(300_000) + "\"}");
    var list = bench.send(source, "[1, 2]");
    var huge = bench.send(source, "{\"type\": \"huge\", \"list\": [" + "0,".repeat(900_000) + "1], \"after\": \"the list\"}");
    bench.routeAll();
    assertThat(bench.status(huge.id())).isEqualTo("routed");
    assertThat(job(bench.made(huge.id(), "job_id"), "payload ->> 'payload_left_out'")).contains("get_webhook");
    var whole = bench.call("get_webhook", "{'webhook_id': '" + huge.id() + "'}");
    assertThat(whole.at("/payload/list")).hasSize(900_001);
    assertThat(whole.at("/webhook/bytes").asInt()).isGreaterThan(1_800_000);
    var sketch = bench.call("test_route", "{'source': '" + source + "', 'webhook_id': '" + huge.id() + "'}");
    assertThat(sketch.get("type").asText()).isEqualTo("huge");
    assertThat(bench.truth.one("SELECT convert_from(payload, 'UTF8')::jsonb ->> 'after' FROM webhooks WHERE id = ?", huge.id())).isEqualTo("the list");
    assertThat(bench.status(odd.id()) + bench.status(large.id()) + bench.status(list.id())).isEqualTo("routedroutedrouted");
    assertThat(job(bench.made(large.id(), "job_id"), "payload ->> 'payload_left_out'")).contains("get_webhook");
    assertThat(bench.call("get_webhook", "{'webhook_id': '" + large.id() + "'}").at("/payload/text").asText()).hasSize(300_000);
    assertThat(bench.truth.one("SELECT payload::text FROM events WHERE dedupe_key = ?", list.id().toString())).isEqualTo("{\"value\": [1, 2]}");
  }

  @Test
  void test_route_shows_what_would_be_made_and_why_not_and_writes_nothing() {
    var source = bench.source("acme", "'default_agent': 'devops'");
    bench.route(source, "first", "\"order\": 1, \"when\": \"event.payload.a.b == 1\", \"then\": {\"ignore\": true}");
    bench.route(source, "second", "\"order\": 2, \"when\": \"event.type == 'x'\", \"then\": {\"ignore\": true}");
    bench.route(source, "third", "\"order\": 3, \"then\": {\"job\": {\"subject\": {\"cel\": \"event.payload.title\"}}}");
    bench.route(source, "fourth", "\"order\": 4, \"then\": {\"ignore\": true}");
    var before = bench.truth.one("SELECT (SELECT count(*) FROM journal)::text || (SELECT count(*) FROM webhooks)");
    var tested = bench.call("test_route", "{'source': '" + source + "', 'headers': {'User-Agent': 'u', 'Authorization': 'Bearer x'},"
        + " 'payload': {'type': 'y', 'title': 't'}}");
    assertThat(tested.get("topic").asText()).isEqualTo("webhook." + source + ".y");
    assertThat(tested.get("headers").toString()).contains("user-agent").doesNotContain("Bearer");
    assertThat(tested.at("/routes/0/why_not").asText()).contains("when cannot be evaluated");
    assertThat(tested.at("/routes/1/why_not").asText()).isEqualTo("when answers false");
    assertThat(tested.at("/routes/2/makes/job/subject").asText() + tested.at("/routes/2/makes/job/target_agent").asText()).isEqualTo("tdevops");
    assertThat(tested.at("/routes/3/why_not").asText()).contains("third");
    assertThat(bench.call("test_route", "{'source': '" + source + "', 'payload': {}}").at("/routes/2/fault").asText())
        .contains("/then/job/subject/cel");
    assertThat(bench.truth.one("SELECT (SELECT count(*) FROM journal)::text || (SELECT count(*) FROM webhooks)")).isEqualTo(before);

    var sent = bench.send(source, "{\"type\": \"y\", \"title\": \"t\"}");
    var stored = bench.call("test_route", "{'source': '" + source + "', 'webhook_id': '" + sent.id() + "'}");
    assertThat(stored.at("/routes/2/makes/job/subject").asText()).isEqualTo("t");
    bench.routeAll();
    assertThat(job(bench.made(sent.id(), "job_id"), "subject")).isEqualTo("t");
  }

  @Test
  void a_route_that_could_never_work_is_refused_at_the_field_that_is_wrong() {
    var source = bench.source("acme", "");
    record Wrong(String fields, String pointer, String words) {}
    for (var wrong : new Wrong[] {
        new Wrong("\"when\": \"event.nonsense == 1\", \"then\": {\"ignore\": true}", "/when", "event.type"),
        new Wrong("\"when\": \"1 + 1\", \"then\": {\"ignore\": true}", "/when", "bool"),
        new Wrong("\"then\": {}", "/then", "at least one of"),
        new Wrong("\"then\": {\"jobs\": {}}", "/then/jobs", "none of"),
        new Wrong("\"then\": {\"ignore\": false}", "/then/ignore", "true"),
        new Wrong("\"then\": {\"ignore\": true, \"job\": {}}", "/then/ignore", "alone"),
        new Wrong("\"then\": {\"job\": {\"subjct\": \"s\"}}", "/then/job/subjct", "subject"),
        new Wrong("\"then\": {\"job\": {\"subjct\": {\"cel\": \"'s'\"}}}", "/then/job/subjct", "subject"),
        new Wrong("\"then\": {\"job\": {\"priority\": 5000}}", "/then/job/priority", "1000"),
        new Wrong("\"then\": {\"job\": {\"payload\": {\"a\": [{\"cel\": \"event..\"}]}}}", "/then/job/payload/a/0/cel", ""),
        new Wrong("\"then\": {\"job\": {\"source_agent\": \"devops\"}}", "/then/job/source_agent", "source"),
        new Wrong("\"then\": {\"event\": {\"payload\": {}}}", "/then/event/topic", "required"),
        new Wrong("\"then\": {\"message\": \"hello\"}", "/then/message", "object")}) {
      var refusal = bench.bus.refused(bench.root(), "put_route", "{\"source\": \"" + source + "\", \"name\": \"r\", " + wrong.fields() + "}");
      assertThat(refusal.code()).as(wrong.fields()).isEqualTo(ProblemCode.INVALID_INPUT);
      assertThat(refusal.errors().getFirst().pointer()).as(wrong.fields()).isEqualTo(wrong.pointer());
      assertThat(refusal.errors().getFirst().detail()).as(wrong.fields()).contains(wrong.words());
    }
    assertThat(bench.call("list_routes", "{'source': '" + source + "'}").get("items")).isEmpty();
  }

  @Test
  void what_is_old_enough_is_removed_and_what_waits_is_not() {
    var source = bench.source("acme", "");
    var old = bench.send(source, "{\"n\": 1}");
    bench.routeAll();
    var young = bench.send(source, "{\"n\": 2}");
    bench.routeAll();
    var waiting = bench.send(source, "{\"n\": 3}");
    bench.truth.update("UPDATE webhooks SET ended_at = now() - interval '2 days' WHERE id = ?", old.id());
    bench.truth.update("UPDATE webhook_ids SET until = now() - interval '1 s' WHERE made_id = ?", old.id());
    bench.bus.await(() -> bench.bus.bus().webhooksIn().router().expire(1_000, SourceBench.CONFIG));
    assertThat(bench.truth.all("SELECT id::text FROM webhooks WHERE source_id = (SELECT id FROM sources WHERE name = ?) ORDER BY id", source))
        .containsExactly(young.id().toString(), waiting.id().toString());
    assertThat(bench.truth.count("SELECT count(*) FROM webhook_ids WHERE made_id = ?", old.id())).isZero();
    bench.routeAll();
  }

  @Test
  void however_many_wait_of_one_source_another_has_its_turn() {
    bench.routeAll();
    var busy = bench.source("acme", "");
    for (var n = 0; n < 10; n++) {
      bench.send(busy, "{\"n\": " + n + "}");
    }
    var quiet = bench.source("acme", "");
    var late = bench.send(quiet, "{}");
    for (var turn = 0; turn < 2; turn++) {
      bench.bus.await(() -> bench.bus.bus().webhooksIn().router().routeNext(SourceBench.CONFIG));
    }
    assertThat(bench.status(late.id())).isEqualTo("routed");
    assertThat(bench.routeAll()).isEqualTo(9);
  }
}
