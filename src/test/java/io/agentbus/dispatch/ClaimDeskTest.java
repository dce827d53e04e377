package io.agentbus.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.agent.AgentRef;
import io.agentbus.app.Bus;
import io.agentbus.bus.ReadyHint;
import io.agentbus.db.Database;
import io.agentbus.db.HotConnection;
import io.agentbus.db.NamedQueries;
import io.agentbus.job.Job;
import io.agentbus.job.Queue;
import io.agentbus.job.QueueStore;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is woken when work is announced. Requests wait here for far longer than a test may last, so that nothing but a hint wakes them. */
@Timeout(60)
class ClaimDeskTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final Duration SOON = Duration.ofSeconds(10);
  private static TestBus bus;
  private static Vertx vertx;
  private static Database database;
  private static QueueStore queues;
  private static ClaimDesk desk;
  private static int count;
  private final Caller operator = TestBus.operator();
  private String namespace;
  private Caller full;
  private Caller free;
  private Queue line;

  @BeforeAll
  static void open() {
    bus = TestBus.open(DATABASE);
    vertx = Vertx.vertx();
    var named = NamedQueries.load(Bus.QUERIES);
    database = Database.open(vertx, DATABASE.url(), 2, named);
    queues = new QueueStore(database);
    desk = new ClaimDesk(vertx, new ClaimStore(new HotConnection(vertx, "claim", DATABASE.url(), named), queues));
  }

  @AfterAll
  static void close() {
    desk.stop().toCompletionStage().toCompletableFuture().join();
    database.stop().toCompletionStage().toCompletableFuture().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    bus.close();
  }

  /** An agent at its limit of one, and a line of jobs for any agent that it shares with others. */
  @BeforeEach
  void fillOne() {
    namespace = "desk" + ++count;
    full = bus.agent(namespace, "full", 1);
    free = bus.agent(namespace, "free", 0);
    enqueue();
    assertThat(bus.call(full, "claim_jobs", "{}").get("jobs")).hasSize(1);
    line = bus.await(() -> queues.of(ref(full, 1))).getFirst();
  }

  @Test
  void work_announced_to_an_agent_at_its_limit_is_handed_on_to_the_next_that_waits() {
    var first = submit(full, 1, true, 60);
    var second = submit(free, 1, false, 60);
    awaitParked();
    enqueue();
    desk.ready(new ReadyHint(line.id(), 0, null, 1));
    assertThat(jobs(second)).succeedsWithin(SOON).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST).hasSize(1);
    assertThat(first.isComplete()).isFalse();
    desk.leave(requests.getFirst());
  }

  @Test
  void several_hints_pass_by_all_who_can_take_nothing() {
    for (var i = 0; i < 3; i++) {
      submit(full, 1, true, 60);
    }
    bus.call(operator, "pause_agent", "{\"agent\": \"" + free.name() + "\", \"namespace\": \"" + namespace + "\", \"reason\": \"r\"}");
    submit(free, 1, false, 60);
    var others = new ArrayList<Future<List<Job>>>();
    for (var i = 0; i < 3; i++) {
      others.add(submit(bus.agent(namespace, "other" + i, 0), 1, false, 60));
    }
    awaitParked();
    for (var i = 0; i < 3; i++) {
      enqueue();
    }
    desk.ready(new ReadyHint(line.id(), 0, null, 3));
    for (var other : others) {
      assertThat(jobs(other)).succeedsWithin(SOON).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST).hasSize(1);
    }
    requests.forEach(desk::leave);
  }

  @Test
  void two_requests_of_an_agent_with_room_for_one_leave_the_second_job_to_another() {
    var roomy = bus.agent(namespace, "roomy", 1);
    submit(roomy, 1, true, 60);
    submit(roomy, 1, true, 60);
    var other = submit(free, 1, false, 60);
    awaitParked();
    enqueue();
    enqueue();
    desk.ready(new ReadyHint(line.id(), 0, null, 2));
    assertThat(jobs(other)).succeedsWithin(SOON).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST).hasSize(1);
    requests.forEach(desk::leave);
  }

  @Test
  void a_claim_that_finds_nothing_writes_nothing() {
    var truth = new Truth(DATABASE.url());
    submit(free, 1, false, 0);
    var next = "SELECT pg_snapshot_xmax(pg_current_snapshot())";
    awaitParked();
    var before = truth.one(next);
    for (var i = 0; i < 5; i++) {
      assertThat(jobs(submit(free, 1, false, 0))).succeedsWithin(SOON).isEqualTo(List.of());
    }
    assertThat(truth.one(next)).as("the next transaction that writes").isEqualTo(before);
  }

  @Test
  void a_caller_who_goes_away_does_not_take_the_hint_along() {
    var first = submit(free, 1, false, 60);
    var second = submit(bus.agent(namespace, "other", 0), 1, false, 60);
    awaitParked();
    enqueue();
    desk.ready(new ReadyHint(line.id(), 0, null, 1));
    desk.leave(requests.getFirst());
    await().atMost(SOON).untilAsserted(() -> assertThat(given(first) + given(second)).isEqualTo(1));
    desk.leave(requests.get(1));
  }

  @Test
  void work_announced_while_a_claim_is_under_way_is_looked_for_once_more() throws Exception {
    enqueue();
    try (var taken = DATABASE.connect(); var held = DATABASE.connect()) {
      // The claim sees a job, waits for its agent's row, and then finds that job locked; the other one came too late for it.
      taken.setAutoCommit(false);
      lock(taken, "SELECT FROM agentbus.job_ready WHERE queue_id = " + line.id());
      held.setAutoCommit(false);
      lock(held, "SELECT FROM agentbus.agents WHERE agent_no = " + free.agentNo());
      var claim = submit(free, 1, false, 60);
      awaitWaiting(1);
      enqueue();
      desk.ready(new ReadyHint(line.id(), 0, null, 1));
      held.rollback();
      assertThat(jobs(claim)).succeedsWithin(SOON).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST).hasSize(1);
      taken.rollback();
    }
  }

  @Test
  void callers_with_claim_ids_share_a_statement_and_each_keeps_its_own() {
    var ids = List.of(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID());
    var claims = new ArrayList<Future<List<Job>>>();
    for (var id : ids) {
      var request = new ClaimRequest(free.agentNo(), free.actor(), free.actor(), 2, 60, id, System.nanoTime() + 60_000_000_000L, desk.newLines(),
          bus.await(() -> queues.of(ref(free, null))), false);
      claims.add(desk.submit(request));
    }
    awaitParked();
    for (var i = 0; i < 6; i++) {
      enqueue();
    }
    desk.ready(new ReadyHint(line.id(), 0, null, 3));
    var fences = new HashSet<Long>();
    for (var i = 0; i < 3; i++) {
      var jobs = jobs(claims.get(i)).orTimeout(10, TimeUnit.SECONDS).join();
      assertThat(jobs).hasSize(2);
      for (var job : jobs) {
        fences.add(job.fence());
        assertThat(new Truth(DATABASE.url()).one("SELECT claim_id::text FROM job_leases WHERE id = ?", job.id())).isEqualTo(ids.get(i).toString());
      }
    }
    assertThat(fences).as("a fence is drawn by a statement").hasSize(1);
  }

  @Test
  void who_looked_up_its_lines_before_a_new_one_was_announced_does_not_wait_on_them() {
    var before = desk.newLines();
    desk.ready(new ReadyHint(Integer.MAX_VALUE - count, 0, null, 1));
    await().atMost(SOON).until(() -> desk.newLines() > before);
    var request = new ClaimRequest(free.agentNo(), free.actor(), free.actor(), 1, 60, null, System.nanoTime() + 60_000_000_000L, before,
        bus.await(() -> queues.of(ref(free, null))), false);
    assertThat(jobs(desk.submit(request))).succeedsWithin(SOON).isEqualTo(List.of());
  }

  private static void lock(Connection connection, String rows) {
    try (var statement = connection.createStatement()) {
      statement.execute(rows + " FOR NO KEY UPDATE");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Until so many connections of this database wait for a row to be theirs, as claims and {@link #lock} do. */
  private static void awaitWaiting(int connections) {
    await().atMost(SOON).until(() -> new Truth(DATABASE.url()).count(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event IN ('transactionid', 'tuple')")
        == connections);
  }

  private final List<ClaimRequest> requests = new ArrayList<>();

  private Future<List<Job>> submit(Caller agent, int wanted, boolean limited, int seconds) {
    var request = new ClaimRequest(agent.agentNo(), agent.actor(), agent.actor(), wanted, 60, null,
        System.nanoTime() + seconds * 1_000_000_000L, desk.newLines(), bus.await(() -> queues.of(ref(agent, null))), limited);
    requests.add(request);
    return desk.submit(request);
  }

  /** The desk takes requests in their order: when one that does not wait is answered, those before it wait. */
  private void awaitParked() {
    var probe = submit(bus.agent(namespace, "probe", 0), 1, false, 0);
    assertThat(jobs(probe)).succeedsWithin(SOON).isEqualTo(List.of());
    requests.removeLast();
  }

  private static int given(Future<List<Job>> answer) {
    return answer.succeeded() ? answer.result().size() : 0;
  }

  private static CompletableFuture<List<Job>> jobs(Future<List<Job>> answer) {
    return answer.toCompletionStage().toCompletableFuture();
  }

  private void enqueue() {
    bus.call(operator, "enqueue_job", "{\"subject\": \"s\", \"namespace\": \"" + namespace + "\"}");
  }

  private AgentRef ref(Caller agent, Integer concurrency) {
    return new AgentRef(agent.agentNo(), new UUID(0, agent.agentNo()), new NamespacePath(namespace), agent.name(), concurrency, List.of(), List.of(),
        "active", false, "pull");
  }
}
