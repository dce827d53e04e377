package io.agentbus.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.bus.Addresses;
import io.agentbus.bus.Messages;
import io.agentbus.testkit.BusCaller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class EventPublisherTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final EventPublisherConfig CONFIG =
      new EventPublisherConfig(Duration.ofMillis(20), Duration.ofSeconds(5), Duration.ofMillis(1), 7);
  private TestBus bus;
  private Truth truth;
  private Messages messages;
  private final List<JsonNode> heard = new CopyOnWriteArrayList<>();

  @BeforeEach
  void open() {
    bus = TestBus.open(DATABASE);
    truth = new Truth(DATABASE.url());
    messages = bus.bus().messages();
  }

  @AfterEach
  void close() {
    bus.close();
  }

  private EventPublisher publisher(boolean shared) {
    return new EventPublisher(bus.bus().feed(), messages, new PublisherRight(bus.bus().database(), "test"), CONFIG, shared);
  }

  private Messages.Listening listen(String topic) {
    return messages.listen(Addresses.event(topic), message -> heard.add(BusCaller.tree(message.body())));
  }

  private JsonNode emit(String namespace, String topic) {
    return bus.call(TestBus.operator(), "emit_event",
        "{\"namespace\": \"" + namespace + "\", \"topic\": \"" + topic + "\", \"payload\": {\"n\": 1.5}}");
  }

  /** Gives positions, as the sequencer of every node does. */
  private void sequence() {
    bus.await(() -> {
      bus.bus().feed().reached(bus.bus().sequencer().run().newest());
      return true;
    });
  }

  private void run(EventPublisher publisher) {
    bus.await(() -> {
      publisher.run();
      return true;
    });
  }

  /** Waits until a message that was sent after all others has come. */
  private void settle() {
    var last = new CopyOnWriteArrayList<>();
    try (var _ = messages.listen("test.last", last::add)) {
      messages.publish("test.last", "{}".getBytes());
      await().until(() -> !last.isEmpty());
    }
  }

  private List<String> heardIds() {
    return heard.stream().map(event -> event.get("id").asText()).toList();
  }

  @Test
  void each_event_comes_at_the_address_of_its_topic_as_get_event_answers_it() {
    var publisher = publisher(false);
    run(publisher);
    try (var _ = listen("infra.checked"); var _ = listen("job.queued")) {
      var checked = emit("acme/web", "infra.checked");
      emit("acme/web", "infra.other");
      var job = bus.call(TestBus.operator(), "enqueue_job", "{\"namespace\": \"acme\", \"subject\": \"s\"}");
      sequence();
      run(publisher);
      await().until(() -> heard.size() == 2);
      assertThat(heard.getFirst()).isEqualTo(bus.call(TestBus.operator(), "get_event", "{\"event_id\": " + checked.get("id") + "}"));
      assertThat(heard.getFirst().get("namespace").asText()).isEqualTo("acme/web");
      assertThat(heard.getFirst().get("position").asLong()).isPositive().isLessThan(heard.get(1).get("position").asLong());
      assertThat(heard.get(1).get("namespace").asText()).isEqualTo("acme");
      assertThat(heard.get(1).get("source_job_id")).isEqualTo(job.get("id"));
    }
  }

  @Test
  void events_come_in_the_order_of_their_positions() {
    var publisher = publisher(false);
    run(publisher);
    try (var _ = listen("infra.checked")) {
      var ids = IntStream.range(0, 50).mapToObj(i -> emit("acme", "infra.checked").get("id").asText()).toList();
      sequence();
      run(publisher);
      await().until(() -> heard.size() == 50);
      assertThat(heardIds()).isEqualTo(ids);
    }
  }

  @Test
  void who_begins_to_listen_hears_what_comes_from_then_on() {
    emit("acme", "infra.checked");
    sequence();
    var publisher = publisher(false);
    run(publisher);
    emit("acme", "infra.checked");
    sequence();
    // Nothing was read for it: nobody was there.
    assertThat(publisher.wantsNews()).isFalse();
    try (var _ = listen("infra.checked")) {
      assertThat(publisher.wantsNews()).isTrue();
      var mine = emit("acme", "infra.checked").get("id").asText();
      sequence();
      run(publisher);
      await().until(() -> !heard.isEmpty());
      settle();
      assertThat(heardIds()).containsExactly(mine);
    }
    emit("acme", "infra.checked");
    sequence();
    run(publisher);
    assertThat(publisher.wantsNews()).isFalse();
    try (var _ = listen("infra.checked")) {
      run(publisher);
      settle();
      assertThat(heard).as("what came while nobody listened").hasSize(1);
    }
  }

  @Test
  void of_a_cluster_one_node_publishes() {
    var one = publisher(true);
    var two = publisher(true);
    run(one);
    run(two);
    try (var _ = listen("infra.checked")) {
      var id = emit("acme", "infra.checked").get("id").asText();
      sequence();
      run(two);
      run(one);
      run(two);
      settle();
      assertThat(heardIds()).containsExactly(id);
    }
    BusCaller.await(one.leave().toCompletionStage().toCompletableFuture());
  }

  @Test
  void a_node_that_leaves_is_followed_at_once() {
    var one = publisher(true);
    var two = publisher(true);
    run(one);
    BusCaller.await(one.leave().toCompletionStage().toCompletableFuture());
    try (var _ = listen("infra.checked")) {
      var id = emit("acme", "infra.checked").get("id").asText();
      sequence();
      run(two);
      settle();
      assertThat(heardIds()).containsExactly(id);
    }
    BusCaller.await(two.leave().toCompletionStage().toCompletableFuture());
  }

  @Test
  void nothing_is_missed_when_nodes_die_and_come_back_in_any_order() {
    var seed = System.nanoTime();
    var random = new Random(seed);
    var nodes = List.of(publisher(true), publisher(true), publisher(true));
    run(nodes.getFirst());
    var wanted = new TreeSet<String>();
    try (var _ = listen("infra.checked")) {
      for (var round = 0; round < 60; round++) {
        for (var i = random.nextInt(4); i > 0; i--) {
          wanted.add(emit("acme", "infra.checked").get("id").asText());
        }
        sequence();
        if (random.nextInt(3) == 0) {
          // As if whoever publishes had been silent for long: frozen, cut off or dead.
          truth.all("UPDATE event_publisher SET renewed_at = now() - interval '1 minute' RETURNING node");
        }
        run(nodes.get(random.nextInt(nodes.size())));
      }
      sequence();
      await().atMost(Duration.ofSeconds(20)).until(() -> {
        truth.all("UPDATE event_publisher SET renewed_at = now() - interval '1 minute' RETURNING node");
        run(nodes.get(random.nextInt(nodes.size())));
        return new TreeSet<>(heardIds()).equals(wanted);
      });
      var firsts = heard.stream().map(event -> event.get("position").asLong()).distinct().toList();
      assertThat(firsts).as("first comings, seed " + seed).isSorted();
    }
    nodes.forEach(node -> BusCaller.await(node.leave().toCompletionStage().toCompletableFuture()));
  }

  @Test
  void the_verticle_publishes_soon_after_the_commit_without_being_asked() {
    var options = new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD);
    var feed = bus.bus().feed();
    var sequencer = new SequencerVerticle(bus.bus().sequencer(), feed, bus.bus().wakeUps(), new SequencerConfig(Duration.ofSeconds(2), Duration.ofMillis(5)));
    var config = new EventPublisherConfig(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMillis(5), 500);
    var verticle = new EventPublisherVerticle(new EventPublisher(feed, messages, bus.bus().publisherRight(), config), feed, config);
    var ids = List.of(bus.vertx().deployVerticle(sequencer, options), bus.vertx().deployVerticle(verticle, options)).stream()
        .map(deployed -> BusCaller.await(deployed.toCompletionStage().toCompletableFuture())).toList();
    try (var _ = listen("infra.checked")) {
      var id = emit("acme", "infra.checked").get("id").asText();
      await().until(() -> heardIds().contains(id));
    }
    ids.reversed().forEach(id -> BusCaller.await(bus.vertx().undeploy(id).toCompletionStage().toCompletableFuture()));
  }
}
