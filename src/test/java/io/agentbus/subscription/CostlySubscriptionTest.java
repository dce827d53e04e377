package io.agentbus.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What one subscription costs is its own loss: nobody else waits for it, and no node is filled with what it holds. */
@Timeout(60)
class CostlySubscriptionTest {
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
    home = "c" + ++count;
    ann = world.bus.agent(home, "ann", 0);
    bob = world.bus.agent(home, "bob", 0);
    world.endpoint.answer = delivery -> Endpoint.TAKEN;
  }

  private static ObjectNode numbers(int many) {
    var payload = JsonNodeFactory.instance.objectNode();
    IntStream.range(0, many).forEach(payload.putArray("l")::add);
    return payload;
  }

  private static UUID id(JsonNode event) {
    return UUID.fromString(event.get("id").asText());
  }

  private long said(String topic, UUID subscription) {
    return world.truth.count("SELECT count(*) FROM events WHERE topic = ? AND payload->>'subscription_id' = ?", topic, subscription.toString());
  }

  @Test
  void a_filter_that_takes_too_many_steps_is_disabled_with_the_event_that_it_met_and_goes_on_behind_it() {
    var poison = world.subscribe(bob, "{'to': 'inbox', 'topic': 'phase.*',"
        + " 'filter': 'has(event.payload.n) || event.payload.l.exists(x, event.payload.s.contains(event.payload.w))'}");
    world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*'}");
    var before = id(world.emit(ann, "phase.done", JsonNodeFactory.instance.objectNode().put("n", 1)));
    var met = id(world.emit(ann, "phase.done", numbers(1_000).put("s", "a".repeat(100_000)).put("w", "a".repeat(50_000) + "b")));
    var after = id(world.emit(ann, "phase.done", JsonNodeFactory.instance.objectNode().put("n", 2)));
    world.handOut();
    assertThat(world.box(ann)).containsExactly(before, met, after);
    var disabled = world.get(bob, poison);
    assertThat(disabled.get("status").asText()).isEqualTo("disabled");
    assertThat(disabled.get("reason").asText()).contains("too many steps").contains(met.toString());
    assertThat(said("subscription.disabled", poison)).isEqualTo(1);
    assertThat(world.box(bob)).containsExactly(before);
    world.bus.call(bob, "resume_subscription", "{\"subscription_id\": \"" + poison + "\"}");
    world.until(() -> world.box(bob).size() == 2);
    assertThat(world.box(bob)).containsExactly(before, after);
  }

  @Test
  void a_stream_whose_filter_takes_too_many_steps_ends_there_and_goes_on_behind_it() {
    var stream = world.subscribe(bob, "{'to': 'sse', 'topic': 'phase.*',"
        + " 'filter': 'has(event.payload.n) || event.payload.l.exists(x, event.payload.s.contains(event.payload.w))'}");
    var streams = world.bus.bus().subscriptions().streams();
    var following = world.bus.await(() -> streams.follow(bob, stream, null));
    world.emit(ann, "phase.done", JsonNodeFactory.instance.objectNode().put("n", 1));
    var met = id(world.emit(ann, "phase.done", numbers(1_000).put("s", "a".repeat(100_000)).put("w", "a".repeat(50_000) + "b")));
    world.emit(ann, "phase.done", JsonNodeFactory.instance.objectNode().put("n", 2));
    world.handOut();
    var before = world.bus.await(() -> following.after(bob, following.position(), 100));
    assertThat(before.items()).hasSize(1);
    var end = world.bus.await(() -> following.after(bob, before.position(), 100));
    assertThat(end.items()).isEmpty();
    assertThat(end.position()).isEqualTo(before.position() + 1);
    assertThatThrownBy(() -> world.bus.await(() -> following.after(bob, end.position(), 100))).hasMessageContaining("disabled")
        .hasMessageContaining("too many steps").hasMessageContaining(met.toString());
    assertThat(said("subscription.disabled", stream)).isEqualTo(1);
    world.bus.call(bob, "resume_subscription", "{\"subscription_id\": \"" + stream + "\"}");
    for (var from : new Long[] {end.position(), null}) {
      assertThat(world.bus.<Integer>await(() -> {
        var again = streams.follow(bob, stream, from);
        return again.after(bob, again.position(), 100).items().size();
      })).isEqualTo(1);
    }
  }

  @Test
  void a_job_that_a_template_makes_too_large_is_a_dead_letter_that_says_so() {
    var fields = JsonNodeFactory.instance.objectNode();
    IntStream.range(0, 40).forEach(i -> fields.put("f" + i, "{{event.payload}}"));
    var subscription = world.subscribe(bob, "{'to': 'job', 'topic': 'phase.*', 'job': {'subject': 'x', 'target_agent': 'bob', 'payload': " + fields + "}}");
    world.emit(ann, "phase.done", JsonNodeFactory.instance.objectNode().put("s", "a".repeat(20_000)));
    world.until(() -> world.get(bob, subscription).get("dead").asInt() == 1);
    assertThat(world.deliveries(bob, subscription).getFirst().get("last_error").asText()).contains("the job cannot be filled").contains("262144 bytes");
  }

  @Test
  void a_title_that_comes_out_too_large_is_the_topic() {
    world.subscribe(bob, "{'to': 'inbox', 'topic': 'phase.*', 'title': '" + "{{event.payload.s}}".repeat(10) + "'}");
    world.emit(ann, "phase.done", JsonNodeFactory.instance.objectNode().put("s", "a".repeat(30_000)));
    world.handOut();
    assertThat(world.bus.call(bob, "inbox", "{}").at("/items/0/title").asText()).isEqualTo("phase.done");
  }

  @Test
  void a_filter_that_takes_most_of_a_page_goes_on_by_itself_and_misses_nothing() {
    var costly = world.subscribe(bob, "{'to': 'inbox', 'topic': 'phase.*', 'filter': 'event.payload.l.all(x, x >= 0)'}");
    world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*'}");
    var events = new ArrayList<UUID>();
    for (var i = 0; i < 12; i++) {
      events.add(id(world.emit(ann, "phase.done", numbers(9_000))));
    }
    world.handOut();
    assertThat(world.box(ann)).isEqualTo(events);
    assertThat(world.get(bob, costly).get("live").asBoolean()).isFalse();
    assertThat(world.get(bob, costly).get("reason").isNull()).isTrue();
    world.until(() -> world.get(bob, costly).get("live").asBoolean() && world.get(bob, costly).get("pending").asInt() == 0);
    assertThat(world.box(bob)).containsExactlyInAnyOrderElementsOf(events);
  }

  /** Many subscriptions that mean each event and cost a lot, but less than one alone may. */
  private List<UUID> dear(Caller owner, int many) {
    return IntStream.range(0, many).mapToObj(i -> world.subscribe(owner,
        "{'to': 'inbox', 'topic': 'phase.*', 'filter': 'event.payload.l.all(x, x >= 0)', 'description': 'no. " + i + "'}")).toList();
  }

  private long live(List<UUID> some) {
    return some.stream().filter(one -> world.truth.holds("EXISTS (SELECT FROM subscriptions WHERE id = ? AND live)", one)).count();
  }

  @Test
  void many_filters_of_one_owner_leave_the_others_before_they_take_more_than_a_page() {
    var dear = dear(bob, 36);
    var cheap = world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*', 'filter': 'size(event.payload.l) > 1'}");
    var from = world.bus.await(() -> SubscriptionStore.bounds(world.bus.bus().database()).newest());
    var event = id(world.emit(bob, "phase.done", numbers(9_000)));
    var to = world.bus.await(() -> world.bus.bus().sequencer().run().newest());
    var sifted = world.bus.await(() -> {
      var database = world.bus.bus().database();
      var matchers = SubscriptionStore.live(database).stream().map(Matcher::of).toList();
      return Sifted.of(matchers, SubscriptionStore.page(database, true, from, to, 100, null), Sifted.PAGE_STEPS);
    });
    assertThat(sifted.steps()).isLessThan(Sifted.PAGE_STEPS);
    assertThat(sifted.pairs()).anyMatch(pair -> pair.subscription().definition().id().equals(cheap));

    world.handOut();
    assertThat(world.box(ann)).containsExactly(event);
    assertThat(world.get(ann, cheap).get("live").asBoolean()).isTrue();
    assertThat(live(dear)).isZero();

    // While they catch up, another owner's has its turn in each round.
    var late = world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*', 'after_position': " + from + "}");
    world.bus.await(world.drainer::catchUp);
    assertThat(world.get(ann, late).get("live").asBoolean()).isTrue();
    assertThat(live(dear)).isLessThan(10);
    world.until(() -> live(dear) == 36 && world.box(bob).size() == 36);
    assertThat(dear).allSatisfy(one -> assertThat(world.deliveries(bob, one)).hasSize(1));
  }

  @Test
  void a_page_that_fails_is_read_again_with_fewer_events() {
    world.subscribe(bob, "{'to': 'inbox', 'topic': 'phase.*'}");
    var events = IntStream.range(0, 30).mapToObj(i -> world.emitted(ann, "phase.done")).toList();
    world.truth.update("""
        CREATE FUNCTION refuse_many() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF (SELECT count(*) FROM fresh) > 15 THEN RAISE EXCEPTION 'too slow' USING ERRCODE = '57014'; END IF;
          RETURN NULL;
        END $$""");
    world.truth.update("CREATE TRIGGER refuse_many AFTER INSERT ON deliveries REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"
        + " EXECUTE FUNCTION refuse_many()");
    try {
      world.handOut();
      world.until(() -> world.box(bob).size() == events.size());
    } finally {
      world.truth.update("DROP FUNCTION refuse_many() CASCADE");
    }
    assertThat(world.box(bob)).containsExactlyInAnyOrderElementsOf(events);
  }

  @Test
  void one_that_fails_while_it_catches_up_is_held_with_the_reason_and_the_others_go_on() {
    var from = world.bus.await(() -> SubscriptionStore.bounds(world.bus.bus().database()).newest());
    var event = id(world.emit(bob, "phase.done", numbers(1)));
    world.handOut();
    var failing = world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*', 'after_position': " + from + "}");
    var other = world.subscribe(bob, "{'to': 'inbox', 'topic': 'phase.*', 'after_position': " + from + "}");
    world.truth.update("CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        + " RAISE EXCEPTION 'too slow' USING ERRCODE = '57014'; END $$");
    world.truth.update("CREATE TRIGGER refuse_one BEFORE INSERT ON deliveries FOR EACH ROW WHEN (NEW.subscription_id = '" + failing
        + "') EXECUTE FUNCTION refuse_one()");
    try {
      world.until(() -> world.get(bob, other).get("live").asBoolean() && world.box(bob).size() == 1);
    } finally {
      world.truth.update("DROP FUNCTION refuse_one() CASCADE");
    }
    var held = world.get(ann, failing);
    assertThat(held.get("live").asBoolean()).isFalse();
    assertThat(held.get("status").asText()).isEqualTo("active");
    assertThat(held.get("reason").asText()).contains("could not be written").contains("took too long");
    assertThat(said("subscription.held", failing)).isEqualTo(1);

    world.truth.update("UPDATE subscriptions SET hold_until = now() WHERE id = ?", failing);
    world.until(() -> world.get(ann, failing).get("live").asBoolean() && world.box(ann).size() == 1);
    assertThat(world.box(ann)).containsExactly(event);
    assertThat(world.get(ann, failing).get("reason").isNull()).isTrue();
  }

  @Test
  void a_page_holds_some_megabytes_of_payloads_and_the_next_goes_on_behind_it() {
    var subscription = world.subscribe(bob, "{'to': 'inbox', 'topic': 'phase.*'}");
    var payload = JsonNodeFactory.instance.objectNode().put("s", "a".repeat(260_000));
    var from = world.bus.await(() -> SubscriptionStore.bounds(world.bus.bus().database()).newest());
    var events = IntStream.range(0, 39).mapToObj(i -> id(world.emit(ann, i % 2 == 0 ? "phase.done" : "phase.begun", payload))).toList();
    var to = world.bus.await(() -> world.bus.bus().sequencer().run().newest());
    var topics = new String[] {"phase.done", "phase.begun"};
    for (var emittedOnly : List.of(true, false)) {
      var page = world.bus.await(() -> SubscriptionStore.page(world.bus.bus().database(), emittedOnly, from, to, 100, topics));
      assertThat(page.full()).isTrue();
      assertThat(page.events()).hasSize((int) (SubscriptionStore.BYTES / 260_000) + 1);
      assertThat(page.reached()).isEqualTo(page.events().getLast().position());
      var rest = world.bus.await(() -> SubscriptionStore.page(world.bus.bus().database(), emittedOnly, page.reached(), to, 100, topics));
      assertThat(rest.full()).isFalse();
      assertThat(rest.reached()).isEqualTo(to);
    }
    world.handOut();
    assertThat(world.box(bob)).isEqualTo(events);
    assertThat(world.get(bob, subscription).get("pending").asInt()).isZero();
  }

  @Test
  void while_its_owner_has_no_token_a_subscription_is_held_with_a_reason_and_then_is_told_of_all() {
    var subscription = world.subscribe(bob, "{'to': 'inbox', 'topic': 'phase.*'}");
    var events = new ArrayList<>(List.of(id(world.emit(ann, "phase.done", numbers(1)))));
    world.handOut();
    var no = bob.agentNo();
    world.truth.update("UPDATE tokens SET expires_at = now() - interval '1 second' WHERE agent_no = ?", no);
    events.add(id(world.emit(ann, "phase.done", numbers(1))));
    world.round(world.drainer);
    events.add(id(world.emit(ann, "phase.done", numbers(1))));
    world.round(world.drainer);
    var held = world.get(TestBus.operator(), subscription);
    assertThat(held.get("live").asBoolean()).isFalse();
    assertThat(held.get("status").asText()).isEqualTo("active");
    assertThat(held.get("reason").asText()).contains("bob has no valid token");
    world.truth.update("UPDATE subscriptions SET hold_until = now() WHERE id = ?", subscription);
    world.round(world.drainer);
    assertThat(said("subscription.held", subscription)).as("told once, however often it is looked at").isEqualTo(1);

    world.truth.update("UPDATE tokens SET expires_at = NULL WHERE agent_no = ?", no);
    world.truth.update("UPDATE subscriptions SET hold_until = now() WHERE id = ?", subscription);
    world.until(() -> world.get(TestBus.operator(), subscription).get("live").asBoolean() && world.box(bob).size() == 3);
    assertThat(world.box(bob)).containsExactlyInAnyOrderElementsOf(events);
    assertThat(world.get(TestBus.operator(), subscription).get("reason").isNull()).isTrue();
  }
}
