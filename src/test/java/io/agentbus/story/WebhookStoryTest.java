package io.agentbus.story;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.standardwebhooks.Webhook;
import io.agentbus.client.Trees;
import io.agentbus.testkit.JavaProgram;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Receiver;
import io.agentbus.testkit.Receiver.Got;
import io.agentbus.testkit.Truth;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Webhooks of a real node at real receivers: what is committed arrives, whatever dies, and receivers decide what goes on. */
@Timeout(180)
class WebhookStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  @TempDir
  static Path folder;
  private static final String[] FLAGS = {"--set", "webhooks.allow=127.0.0.1/32", "--set", "webhooks.hold=200ms",
      "--set", "verticles.inbox-drainer.webhook-retries=200ms,200ms,200ms,200ms", "--set", "verticles.inbox-drainer.lease=2s",
      "--set", "verticles.inbox-drainer.in-flight-max=16"};
  private static NodeProcess node;
  private static Truth truth;

  @BeforeAll
  static void start() {
    node = NodeProcess.over(DATABASE, folder, "one", FLAGS);
    truth = node.truth();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JsonNode subscribe(Receiver receiver, String topic) {
    return subscribe(receiver, topic, "");
  }

  private static JsonNode subscribe(Receiver receiver, String topic, String more) {
    return node.operator().call("subscribe", "{\"to\": \"webhook\", \"topic\": \"%s\", \"url\": \"%s\"%s}".formatted(topic, receiver.url("/hook"), more));
  }

  private static String emit(String topic) {
    return node.operator().call("emit_event", "{\"topic\": \"" + topic + "\"}").get("id").asText();
  }

  private static JsonNode subscription(JsonNode made) {
    return node.operator().call("get_subscription", "{\"subscription_id\": " + made.get("id") + "}");
  }

  private static JsonNode deliveries(JsonNode made) {
    return node.operator().call("list_deliveries", "{\"subscription_id\": " + made.get("id") + "}").get("items");
  }

  private static void verify(JsonNode made, Got got) {
    try {
      new Webhook(made.get("secret").asText()).verify(got.text(), HttpHeaders.of(got.headers().entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getKey, header -> List.of(header.getValue()))), (name, value) -> true));
    } catch (Exception wrong) {
      throw new AssertionError("a library of others refuses " + got.text(), wrong);
    }
  }

  private static String event(Got got) {
    try {
      return Trees.MAPPER.readTree(got.text()).at("/data/id").asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Promise: a delivery survives the death of its node at any point, and its receiver can tell a repetition from a new one. */
  @Test
  void an_event_that_was_accepted_arrives_whenever_the_node_is_killed_and_always_under_one_id() throws Exception {
    var emitted = new ArrayList<String>();
    try (var receiver = Receiver.start(Receiver.status(200))) {
      var made = subscribe(receiver, "killed.*");

      // As soon as the event is accepted: nobody has looked at it.
      emitted.add(emit("killed.before"));
      restart();
      arrived(receiver, emitted);

      // The receiver has the request and has not answered.
      var began = new CountDownLatch(1);
      var dead = new CountDownLatch(1);
      receiver.answer((got, out) -> {
        began.countDown();
        dead.await();
      });
      emitted.add(emit("killed.within"));
      assertThat(began.await(JavaProgram.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      node.kill9();
      receiver.answer(Receiver.status(200));
      dead.countDown();
      node.up(FLAGS);
      arrived(receiver, emitted);

      // The receiver has answered, and the node cannot have written it down.
      var emittedLast = new CountDownLatch(1);
      var answered = new CountDownLatch(1);
      var calls = new AtomicInteger();
      receiver.answer((got, out) -> {
        if (calls.getAndIncrement() == 0) {
          emittedLast.await();
          node.kill9();
        }
        out.write(Receiver.head(200, 0).getBytes(UTF_8));
        answered.countDown();
      });
      emitted.add(emit("killed.after"));
      emittedLast.countDown();
      assertThat(answered.await(JavaProgram.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      node.up(FLAGS);
      await().atMost(JavaProgram.LONG).until(() -> calls.get() >= 2);

      await().atMost(JavaProgram.LONG).until(() -> subscription(made).get("pending").asInt() == 0);
      var ids = new TreeMap<String, TreeSet<String>>();
      for (var got : receiver.got()) {
        verify(made, got);
        ids.computeIfAbsent(event(got), one -> new TreeSet<>()).add(got.header("webhook-id"));
      }
      assertThat(ids.keySet()).containsExactlyInAnyOrderElementsOf(emitted);
      assertThat(ids.values()).as("one webhook-id for each event").allMatch(all -> all.size() == 1);
      assertThat(deliveries(made)).allSatisfy(delivery -> assertThat(delivery.get("status").asText()).isEqualTo("delivered"));
    }
  }

  private static void restart() {
    node.kill9();
    node.up(FLAGS);
  }

  private static void arrived(Receiver receiver, List<String> emitted) {
    await().atMost(JavaProgram.LONG).until(() -> receiver.got().stream().map(WebhookStoryTest::event).collect(Collectors.toSet()).containsAll(emitted));
  }

  /** Promise: a receiver that has had enough is left in peace, and what waits for it is kept. */
  @Test
  void a_receiver_that_is_gone_is_told_nothing_more_until_its_subscription_is_resumed() {
    try (var receiver = Receiver.start(Receiver.status(410))) {
      var made = subscribe(receiver, "gone.*");
      emit("gone.one");
      await().atMost(JavaProgram.LONG).until(() -> subscription(made).get("status").asText().equals("disabled"));
      assertThat(subscription(made).get("reason").asText()).contains("410");
      assertThat(truth.count("SELECT count(*) FROM events WHERE topic = 'subscription.disabled' AND payload->>'subscription_id' = ?",
          made.get("id").asText())).isEqualTo(1);
      emit("gone.two");

      receiver.answer(Receiver.status(200));
      node.operator().call("resume_subscription", "{\"subscription_id\": " + made.get("id") + "}");
      await().atMost(JavaProgram.LONG).until(() -> subscription(made).get("pending").asInt() == 0 && deliveries(made).size() == 2);
      assertThat(deliveries(made)).allSatisfy(delivery -> assertThat(delivery.get("status").asText()).isEqualTo("delivered"));
      assertThat(receiver.got()).as("the first try, and both afterwards").hasSize(3);
    }
  }

  /** Promise: what cannot be delivered is a dead letter with a record of its tries, and can be sent again under its id. */
  @Test
  void a_delivery_whose_tries_are_used_up_is_kept_with_all_of_them_and_replayed_under_its_id() {
    try (var receiver = Receiver.start(Receiver.say(Receiver.head(500, 5) + "a\001b\nc"))) {
      var made = subscribe(receiver, "failing.*");
      emit("failing.one");
      await().atMost(JavaProgram.LONG).until(() -> subscription(made).get("dead").asInt() == 1);

      var delivery = deliveries(made).get(0);
      assertThat(delivery.get("status").asText()).isEqualTo("dead");
      assertThat(receiver.got()).hasSize(5);
      assertThat(delivery.toString()).contains("\"status_code\":500").contains("The receiver answered 500");
      assertThat(truth.count("SELECT count(*) FROM events WHERE topic = 'delivery.dead' AND payload->>'delivery_id' = ?",
          delivery.get("id").asText())).isEqualTo(1);

      receiver.answer(Receiver.status(200));
      node.operator().call("replay_deliveries", "{\"subscription_id\": " + made.get("id") + "}");
      await().atMost(JavaProgram.LONG).until(() -> subscription(made).get("dead").asInt() == 0 && subscription(made).get("pending").asInt() == 0);
      assertThat(receiver.got()).hasSize(6).allSatisfy(got -> verify(made, got));
      assertThat(receiver.got().stream().map(got -> got.header("webhook-id")).distinct()).containsExactly(delivery.get("id").asText());
    }
  }

  /** Promise: what waits for an endpoint that wants to be left alone costs nothing meanwhile. */
  @Test
  void while_an_endpoint_is_left_alone_nothing_is_tried_or_put_off_however_much_waits() {
    try (var receiver = Receiver.start(Receiver.status(503, "Retry-After: 60"))) {
      var made = subscribe(receiver, "waiting.*");
      emit("waiting.one");
      await().atMost(JavaProgram.LONG).until(() -> truth.holds("EXISTS (SELECT FROM webhook_endpoints WHERE hold_until > now() + interval '50 s')"));
      for (var i = 0; i < 30; i++) {
        emit("waiting.more");
      }
      await().atMost(JavaProgram.LONG).until(() -> subscription(made).get("pending").asInt() == 31);

      receiver.answer(Receiver.status(200));
      node.operator().call("pause_subscription", "{\"subscription_id\": " + made.get("id") + ", \"reason\": \"deployed\"}");
      node.operator().call("resume_subscription", "{\"subscription_id\": " + made.get("id") + "}");
      await().atMost(JavaProgram.LONG).until(() -> subscription(made).get("pending").asInt() == 0);
      assertThat(receiver.got()).as("one try too many and each once").hasSize(32);
      assertThat(truth.count("SELECT count(*) FROM delivery_tries t JOIN deliveries d ON d.id = t.delivery_id WHERE d.subscription_id = ?::uuid "
          + "AND t.outcome = 'postponed'", made.get("id").asText())).isLessThanOrEqualTo(4);
    }
  }

  /** Promise: endpoints that are slow, also those that answer in the end, hold up none that was quick, however many they are. */
  @Test
  void while_many_receivers_are_slow_the_others_are_served() {
    var slow = new ArrayList<Receiver>();
    var waiting = new ArrayList<JsonNode>();
    try (var quick = Receiver.start(Receiver.status(200))) {
      var made = subscribe(quick, "busy.*");
      emit("busy.first");
      await().atMost(JavaProgram.LONG).until(() -> subscription(made).get("pending").asInt() == 0 && quick.got().size() == 1);
      for (var i = 0; i < 10; i++) {
        var receiver = Receiver.start(Receiver.status(200));
        receiver.answer(receiver.trickle("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 40));
        slow.add(receiver);
        waiting.add(subscribe(receiver, "busy.*"));
      }
      for (var i = 0; i < 20; i++) {
        emit("busy.one");
      }
      await().atMost(JavaProgram.LONG).until(() -> quick.got().size() == 21);
      assertThat(quick.got()).allSatisfy(got -> verify(made, got));
      var taken = slow.stream().mapToInt(receiver -> receiver.got().size()).sum();
      assertThat(taken).as("of 200, while the quick one had all its own").isBetween(1, 80);
      waiting.forEach(one -> node.operator().call("unsubscribe", "{\"subscription_id\": " + one.get("id") + "}"));
    } finally {
      slow.forEach(Receiver::close);
    }
  }
}
