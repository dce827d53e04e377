package io.agentbus.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a subscription means and where it goes can be changed by its owner, and its place stays. */
@Timeout(60)
class SubscriptionChangesTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static SubscriptionWorld world;
  private static int count;
  private String home;
  private Caller ann;
  private Caller bob;

  @BeforeAll
  static void open() {
    world = new SubscriptionWorld(DATABASE);
  }

  @AfterAll
  static void close() {
    world.close();
  }

  @BeforeEach
  void twoAgents() {
    home = "u" + ++count;
    ann = world.bus.agent(home, "ann", 0);
    bob = world.bus.agent(home, "bob", 0);
  }

  private static String input(UUID subscription, String fields) {
    return ("{'subscription_id': '" + subscription + "'" + fields + "}").replace('\'', '"');
  }

  private JsonNode update(UUID subscription, String fields) {
    return world.bus.call(ann, "update_subscription", input(subscription, fields));
  }

  private UUID emit(int n) {
    return UUID.fromString(world.emit(bob, "phase.done", SubscriptionWorld.tree("{'n': " + n + "}")).get("id").asText());
  }

  @Test
  void another_filter_holds_from_where_the_subscription_stands() {
    var subscription = world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*', 'filter': 'event.payload.n > 3'}");
    emit(2);
    var before = emit(5);
    world.handOut();
    var place = world.get(ann, subscription).get("position");
    var changed = update(subscription, ", 'filter': 'event.payload.n < 3', 'title': 'n is {{event.payload.n}}'");
    assertThat(changed.get("filter").asText()).isEqualTo("event.payload.n < 3");
    assertThat(changed.get("topic").asText()).isEqualTo("phase.*");
    assertThat(changed.get("live").asBoolean()).isTrue();
    assertThat(changed.get("position")).isEqualTo(place);
    var after = emit(2);
    emit(5);
    world.handOut();
    assertThat(world.box(ann)).containsExactly(before, after);
    assertThat(world.bus.call(ann, "inbox", "{}").get("items").findValuesAsText("title")).containsExactly("phase.done", "n is 2");
    assertThat(update(subscription, ", 'filter': '', 'title': ''").get("filter").isNull()).isTrue();
    var all = emit(9);
    world.handOut();
    assertThat(world.box(ann)).containsExactly(before, after, all);
  }

  @Test
  void only_its_owner_and_operators_change_it_and_the_journal_says_what() {
    var subscription = world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*'}");
    assertThat(world.bus.code(bob, "update_subscription", input(subscription, ", 'topic': 'other.*'"))).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(world.bus.code(TestBus.operatorOf(home + "x"), "update_subscription", input(subscription, ", 'topic': 'other.*'")))
        .isEqualTo(ProblemCode.NOT_FOUND);
    var changed = world.bus.call(TestBus.operatorOf(home), "update_subscription", input(subscription, ", 'topic': 'other.*', 'priority': 9"));
    assertThat(changed.get("owner").asText()).isEqualTo("agent:" + home + "/ann");
    assertThat(changed.at("/settings/target_agent").asText()).isEqualTo("ann");
    assertThat(changed.at("/settings/priority").asInt()).isEqualTo(9);
    update(subscription, "");
    assertThat(world.truth.all("SELECT payload->>'changed' FROM events WHERE topic = 'subscription.updated' AND payload->>'subscription_id' = ?",
        subscription.toString())).containsExactly("[\"topic\", \"priority\"]");
  }

  @Test
  void what_a_target_does_not_take_is_refused_and_changes_nothing() {
    var subscription = world.subscribe(ann, "{'to': 'job', 'topic': 'phase.*', 'job': {'subject': 's', 'target_agent': 'bob'}}");
    for (var wrong : new String[] {", 'title': 't'", ", 'url': 'https://example.com/'", ", 'filter': 'event.topik'", ", 'job': {'subject': '{{nonsense}}'}",
        ", 'namespace': '" + home + "x'"}) {
      assertThat(world.bus.code(ann, "update_subscription", input(subscription, wrong + ", 'description': 'd'"))).as(wrong)
          .isIn(ProblemCode.INVALID_INPUT, ProblemCode.NOT_FOUND);
    }
    assertThat(world.get(ann, subscription).get("description").isNull()).isTrue();
    var ordered = update(subscription, ", 'ordered': true, 'job': {'subject': 'again', 'target_agent': 'bob'}");
    assertThat(ordered.get("concurrency").asInt()).isEqualTo(1);
    assertThat(ordered.at("/settings/job/subject").asText()).isEqualTo("again");
    assertThat(update(subscription, ", 'ordered': false").get("concurrency").asInt()).isEqualTo(4);
  }

  @Test
  void a_webhook_keeps_its_secret_and_its_headers_go_to_no_other_host_unsaid() {
    var subscription = world.subscribe(ann, "{'to': 'webhook', 'topic': 'phase.*', 'url': 'https://example.com/a',"
        + " 'webhook': {'headers': {'authorization': 'secret'}, 'rate_per_second': 5}}");
    var closed = "SELECT encode(secret, 'hex') FROM webhook_endpoints WHERE subscription_id = ?";
    var secret = world.truth.one(closed, subscription);
    var path = update(subscription, ", 'url': 'https://example.com/b', 'webhook': {'rate_per_second': 0, 'timeout_seconds': 7}");
    assertThat(path.at("/settings/url").asText()).isEqualTo("https://example.com/b");
    assertThat(world.truth.one("SELECT (rate_per_second IS NULL AND timeout_seconds = 7 AND headers IS NOT NULL)::text FROM webhook_endpoints"
        + " WHERE subscription_id = ?", subscription)).isEqualTo("true");
    assertThat(world.bus.refused(ann, "update_subscription", input(subscription, ", 'url': 'https://example.org/b'")).getMessage())
        .contains("/webhook/headers");
    assertThat(world.bus.code(ann, "update_subscription", input(subscription, ", 'url': 'ftp://example.com/'"))).isEqualTo(ProblemCode.INVALID_INPUT);
    var moved = update(subscription, ", 'url': 'https://example.org/b', 'webhook': {'headers': {}}");
    assertThat(moved.at("/settings/url").asText()).isEqualTo("https://example.org/b");
    assertThat(moved.toString()).doesNotContain("authorization");
    assertThat(world.truth.one(closed, subscription)).isEqualTo(secret);
  }

  @Test
  void what_waits_for_a_full_box_goes_to_another_one_when_that_is_meant() {
    var boss = world.bus.agent(home, "boss", 0);
    var child = world.bus.agent(home + "/child", "cat", 0);
    var changed = world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*', 'target_agent': 'boss'}");
    IntStream.range(0, 41).forEach(this::emit);
    world.handOut();
    assertThat(world.box(boss)).hasSize(40);
    update(changed, ", 'target_agent': 'bob'");
    world.until(() -> world.box(bob).size() == 1);

    update(changed, ", 'topic': 'other.*'");
    var named = world.subscribe(child, "{'to': 'inbox', 'topic': 'phase.*', 'namespace': '**', 'target_agent': 'boss'}");
    world.bus.call(child, "emit_event", "{\"topic\": \"phase.done\"}");
    world.handOut();
    assertThat(world.get(child, named).get("pending").asInt()).isEqualTo(1);
    var nearer = world.bus.agent(home + "/child", "boss", 0);
    world.until(() -> world.box(nearer).size() == 1);
    assertThat(world.box(boss)).hasSize(40);
  }
}
