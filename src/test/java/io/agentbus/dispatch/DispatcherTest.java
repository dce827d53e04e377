package io.agentbus.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.bus.Addresses;
import io.agentbus.bus.Messages;
import io.agentbus.job.Job;
import io.agentbus.op.Caller;
import io.agentbus.testkit.BusCaller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jobs are brought to agents on the event bus; agents here are consumers of the tests. */
@Timeout(60)
class DispatcherTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private TestBus bus;
  private Truth truth;
  private String namespace;
  private final List<Dispatcher> running = new CopyOnWriteArrayList<>();
  private final List<String> deployed = new ArrayList<>();
  private final List<Job> admitted = new CopyOnWriteArrayList<>();
  /** What agents were asked, in the order in which it came. */
  private final List<JsonNode> asked = new CopyOnWriteArrayList<>();

  @BeforeEach
  void open() {
    bus = TestBus.open(DATABASE);
    truth = new Truth(DATABASE.url());
    namespace = "ns" + UUID.randomUUID();
    deploy(new DueJobsVerticle(bus.bus().sweeps(), new DueJobsConfig(Duration.ofMillis(50), 100)));
  }

  @AfterEach
  void close() {
    running.forEach(dispatcher -> bus.await(() -> {
      dispatcher.handBack();
      return true;
    }));
    deployed.reversed().forEach(id -> BusCaller.await(bus.vertx().undeploy(id).toCompletionStage().toCompletableFuture()));
    bus.close();
  }

  private void deploy(io.vertx.core.Deployable verticle) {
    deployed.add(BusCaller.await(bus.vertx().deployVerticle(verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
        .toCompletionStage().toCompletableFuture()));
  }

  private static DispatcherConfig config(Duration replyWithin) {
    return new DispatcherConfig(Duration.ofMillis(100), replyWithin, 4, 100, Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofMillis(100));
  }

  private Dispatcher dispatcher(boolean shared, DispatcherConfig config) {
    var handOvers = new HandOvers(bus.bus().claims(), bus.bus().attempts(), bus.bus().reads(), bus.bus().database(), bus.bus().messages(), 600, config,
        admitted::add);
    var dispatcher = new Dispatcher(bus.bus().directory(), bus.bus().messages(), handOvers, config, shared);
    running.add(dispatcher);
    return dispatcher;
  }

  /** Lets a dispatcher begin with the agents that there are. */
  private Dispatcher serve(boolean shared) {
    return look(dispatcher(shared, config(Duration.ofSeconds(15))));
  }

  private Dispatcher look(Dispatcher dispatcher) {
    bus.await(() -> {
      dispatcher.look();
      return true;
    });
    return dispatcher;
  }

  private Caller agent(String name, int concurrency) {
    var caller = bus.agent(namespace, name, concurrency);
    bus.call(caller, "update_agent", "{\"channel\": \"eventbus\"}");
    return caller;
  }

  private Messages.Listening listen(String name, Consumer<Message<Object>> handler) {
    return bus.bus().messages().listen(Addresses.agent(namespace, name), message -> {
      asked.add(BusCaller.tree(message.body()));
      handler.accept(message);
    });
  }

  private static void admit(Message<Object> message) {
    message.reply(null);
  }

  private String enqueue(String agent) {
    return bus.call(TestBus.operator(), "enqueue_job", "{\"namespace\": \"" + namespace + "\", \"subject\": \"s\", \"target_agent\": \"" + agent
        + "\", \"payload\": {\"price\": 1.5}, \"max_attempts\": 2}").get("id").asText();
  }

  private String error(String job) {
    return truth.one("SELECT last_error FROM jobs WHERE id = ?::uuid", job);
  }

  @Test
  void an_agent_gets_its_job_with_the_fence_and_finishes_it_by_itself() {
    var worker = agent("worker", 1);
    try (var _ = listen("worker", DispatcherTest::admit)) {
      serve(false);
      var job = enqueue("worker");
      await().until(() -> asked.size() == 1);
      var body = asked.getFirst();
      assertThat(body.get("id").asText()).isEqualTo(job);
      assertThat(body.get("namespace").asText()).isEqualTo(namespace);
      assertThat(body.get("lease_owner").asText()).isEqualTo(namespace + "/worker");
      assertThat(body.at("/payload/price").asDouble()).isEqualTo(1.5);
      assertThat(truth.status(job)).as("admitted is not done").isEqualTo("leased");
      await().until(() -> admitted.size() == 1);
      assertThat(admitted.getFirst().id()).hasToString(job);
      bus.call(worker, "mark_running_job", "{\"job_id\": \"" + job + "\", \"fence\": " + body.get("fence") + "}");
      bus.call(worker, "complete_job", "{\"job_id\": \"" + job + "\", \"fence\": " + body.get("fence") + ", \"result\": {\"ok\": true}}");
      assertThat(truth.status(job)).isEqualTo("succeeded");
      assertThat(truth.attempts(job)).containsExactly("1 succeeded counted");
      assertThat(truth.all("SELECT actor || ' ' || action FROM journal WHERE job_id = ?::uuid AND action = 'claim_jobs'", job)).containsExactly("bus claim_jobs");
    }
  }

  @Test
  void being_brought_jobs_is_no_sign_of_life_but_what_was_brought_is_in_the_audit() {
    agent("worker", 0);
    bus.await(() -> {
      bus.bus().presence().flush();
      return true;
    });
    truth.all("UPDATE agent_presence SET last_heartbeat_at = now() - interval '1 hour' RETURNING agent_no");
    try (var _ = listen("worker", DispatcherTest::admit)) {
      serve(false);
      var job = enqueue("worker");
      await().until(() -> !asked.isEmpty());
      bus.await(() -> {
        bus.bus().presence().flush();
        bus.bus().reads().flush();
        return true;
      });
      assertThat(truth.one("SELECT max(p.last_heartbeat_at) < now() - interval '30 minutes' FROM agent_presence p JOIN agents a USING (agent_no)"
          + " JOIN namespaces n ON n.id = a.namespace_id WHERE n.path = ?", namespace)).isEqualTo("t");
      assertThat(truth.one("SELECT actor || ' ' || operation FROM read_log WHERE ?::uuid = ANY (job_ids)", job))
          .isEqualTo("agent:" + namespace + "/worker claim_jobs");
    }
  }

  @Test
  void the_limit_of_an_agent_holds() {
    var worker = agent("worker", 2);
    try (var _ = listen("worker", DispatcherTest::admit)) {
      var jobs = IntStream.range(0, 5).mapToObj(i -> enqueue("worker")).toList();
      serve(false);
      await().until(() -> asked.size() == 2);
      assertThat(truth.count("SELECT count(*) FROM job_leases l JOIN jobs j ON j.id = l.id WHERE j.namespace = ?", namespace)).isEqualTo(2);
      for (var i = 0; i < jobs.size(); i++) {
        var one = i;
        await().until(() -> asked.size() > one);
        bus.call(worker, "complete_job", "{\"job_id\": " + asked.get(i).get("id") + ", \"fence\": " + asked.get(i).get("fence") + "}");
      }
      assertThat(truth.count("SELECT count(*) FROM jobs WHERE namespace = ? AND status = 'succeeded'", namespace)).isEqualTo(5);
    }
  }

  @Test
  void an_agent_that_is_busy_gets_the_job_later_and_no_attempt_is_counted() {
    agent("worker", 0);
    var answers = new ArrayList<>(List.of(409, 429, 503));
    try (var _ = listen("worker", message -> {
      if (answers.isEmpty()) {
        admit(message);
      } else {
        message.fail(answers.removeFirst(), "not now");
      }
    })) {
      serve(false);
      var job = enqueue("worker");
      await().until(() -> asked.size() == 4);
      await().until(() -> truth.status(job).equals("leased"));
      assertThat(truth.attempts(job)).containsExactly("1 cancelled", "1 cancelled", "1 cancelled", "1 leased counted");
      assertThat(error(job)).isEqualTo("agent worker cannot take it now: 503 not now");
    }
  }

  @Test
  void an_agent_that_does_not_reply_in_time_has_not_admitted_the_job() {
    var worker = agent("worker", 0);
    var silent = new AtomicBoolean(true);
    try (var _ = listen("worker", message -> {
      if (!silent.getAndSet(false)) {
        admit(message);
      }
    })) {
      look(dispatcher(false, config(Duration.ofMillis(300))));
      var job = enqueue("worker");
      await().until(() -> asked.size() == 2);
      assertThat(error(job)).isEqualTo("agent worker did not answer: no reply within 300 ms");
      var late = bus.refused(worker, "complete_job", "{\"job_id\": \"" + job + "\", \"fence\": " + asked.getFirst().get("fence") + "}");
      assertThat(late.code().wire()).as("the first fence is worth nothing").isEqualTo("lease_lost");
      bus.call(worker, "complete_job", "{\"job_id\": \"" + job + "\", \"fence\": " + asked.get(1).get("fence") + "}");
      assertThat(truth.attempts(job)).containsExactly("1 cancelled", "1 succeeded counted");
    }
  }

  @Test
  void a_refusal_is_a_failed_attempt_with_its_text() {
    agent("worker", 0);
    try (var _ = listen("worker", message -> message.fail(422, "no such repository"))) {
      serve(false);
      var job = enqueue("worker");
      await().untilAsserted(() -> assertThat(truth.attempts(job)).first().isEqualTo("1 failed counted"));
      assertThat(error(job)).isEqualTo("agent worker refused the job: 422 no such repository");
      assertThat(truth.count("SELECT count(*) FROM journal WHERE job_id = ?::uuid AND from_state = 'leased' AND to_state = 'queued'", job))
          .as("the first is tried again, after a while that may be short").isEqualTo(1);
    }
  }

  @Test
  void an_agent_that_nobody_has_seen_on_the_bus_is_asked_for_no_more_often_than_the_back_off_says() {
    agent("worker", 0);
    for (var i = 0; i < 10; i++) {
      enqueue("worker");
    }
    var config = new DispatcherConfig(Duration.ofMillis(100), Duration.ofSeconds(15), 4, 100, Duration.ofSeconds(2), Duration.ofMinutes(1), Duration.ofMillis(100));
    var began = System.nanoTime();
    look(dispatcher(true, config));
    // The first claim takes as many as may be under way; after it came to nothing one at a time is tried, at the earliest after a second.
    await().atMost(Duration.ofSeconds(20)).until(() -> claims() > 4);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(1));
    assertThat(claims()).isEqualTo(5);
    assertThat(truth.all("SELECT DISTINCT last_error FROM jobs WHERE namespace = ? AND last_error IS NOT NULL", namespace))
        .containsExactly("agent worker is not on the event bus");
    assertThat(truth.count("SELECT coalesce(max(attempt_count), 0) FROM jobs WHERE namespace = ? AND status = 'queued'", namespace)).isZero();
  }

  private int claims() {
    return truth.count("SELECT count(*) FROM journal j JOIN namespaces n ON n.id = j.namespace_id WHERE n.path = ? AND j.action = 'claim_jobs'", namespace);
  }

  @Test
  void a_node_without_a_cluster_claims_nothing_for_an_agent_that_does_not_listen_here() {
    agent("worker", 0);
    agent("present", 0);
    var job = enqueue("worker");
    try (var _ = listen("present", DispatcherTest::admit)) {
      serve(false);
      enqueue("present");
      await().until(() -> asked.size() == 1);
      assertThat(truth.attempts(job)).isEmpty();
      assertThat(truth.status(job)).isEqualTo("queued");
    }
  }

  @Test
  void one_agent_that_is_slow_to_reply_holds_up_neither_others_nor_its_own_next_jobs() {
    agent("slow", 0);
    agent("quick", 0);
    try (var _ = listen("slow", message -> { }); var _ = listen("quick", DispatcherTest::admit)) {
      serve(false);
      enqueue("slow");
      await().until(() -> asked.size() == 1);
      enqueue("slow");
      enqueue("quick");
      await().atMost(Duration.ofSeconds(8)).until(() -> asked.size() == 3);
    }
  }

  @Test
  void a_node_that_stops_gives_back_what_nobody_has_admitted() {
    agent("worker", 0);
    var first = new AtomicBoolean(true);
    try (var _ = listen("worker", message -> {
      if (first.getAndSet(false)) {
        admit(message);
      }
    })) {
      var stopping = serve(false);
      var admitted = enqueue("worker");
      await().until(() -> asked.size() == 1);
      var open = enqueue("worker");
      await().until(() -> asked.size() == 2);
      bus.await(() -> {
        stopping.handBack();
        return true;
      });
      assertThat(truth.status(admitted)).isEqualTo("leased");
      assertThat(truth.status(open)).isEqualTo("queued");
      assertThat(truth.attempts(open)).containsExactly("1 cancelled");
      assertThat(error(open)).isEqualTo("the node stopped before the agent took the job");
      // Another node goes on with it at once.
      serve(false);
      await().until(() -> asked.size() == 3);
      assertThat(asked.getLast().get("id").asText()).isEqualTo(open);
    }
  }

  @Test
  void several_nodes_bring_each_job_once() {
    agent("worker", 0);
    var seen = ConcurrentHashMap.<String>newKeySet();
    var twice = new AtomicInteger();
    try (var _ = listen("worker", message -> {
      if (!seen.add(BusCaller.tree(message.body()).get("id").asText())) {
        twice.incrementAndGet();
      }
      admit(message);
    })) {
      serve(false);
      serve(false);
      var jobs = Set.copyOf(IntStream.range(0, 40).mapToObj(i -> enqueue("worker")).toList());
      await().until(() -> seen.size() == 40);
      assertThat(seen).isEqualTo(jobs);
      assertThat(twice).hasValue(0);
    }
  }

  @Test
  void the_verticle_begins_when_an_agent_comes_to_the_bus_and_ends_when_its_channel_is_another() {
    var worker = agent("worker", 0);
    var config = new DispatcherConfig(Duration.ofMillis(100), Duration.ofSeconds(15), 4, 100, Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofMillis(100));
    deploy(new DispatcherVerticle(dispatcher(false, config), bus.bus().messages(), bus.bus().wakeUps(), config));
    var job = enqueue("worker");
    try (var _ = listen("worker", DispatcherTest::admit)) {
      await().until(() -> asked.size() == 1);
      assertThat(asked.getFirst().get("id").asText()).isEqualTo(job);
      bus.call(worker, "update_agent", "{\"channel\": \"pull\"}");
      // Done when the agent's own claim is not beaten to the job.
      await().until(() -> {
        var next = enqueue("worker");
        var own = bus.call(worker, "claim_jobs", "{\"wait_seconds\": 1}").get("jobs");
        return own.findValuesAsText("id").contains(next);
      });
    }
  }
}
