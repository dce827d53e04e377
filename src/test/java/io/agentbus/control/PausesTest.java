package io.agentbus.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.agent.Fleet;
import io.agentbus.agent.RegisteredAgent;
import io.agentbus.bus.ReadyHint;
import io.agentbus.bus.WakeUps;
import io.agentbus.job.Lane;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PausesTest {
  @RegisterExtension
  static final PgDatabase database = new PgDatabase();

  static final List<ReadyHint> WOKEN = new CopyOnWriteArrayList<>();
  static Fleet fleet;
  static Pauses pauses;

  @BeforeAll
  static void open() {
    fleet = new Fleet(database);
    var wakeUps = new WakeUps("n1");
    wakeUps.hearReady(WOKEN::add);
    pauses = new Pauses(fleet.directory, fleet.finder, fleet.changes, wakeUps);
  }

  @AfterAll
  static void close() {
    fleet.close();
  }

  /** Makes a queue of a namespace as enqueueing does. */
  private static int queue(String namespace, Lane lane) {
    var id = fleet.directory.ensureNamespace(fleet.database, new NamespacePath(namespace), "token:operator");
    return (Integer) fleet.value("SELECT ensure_queue(" + id + ", " + id + ", 'any', '', '" + lane.wire() + "')");
  }

  private static boolean paused(int queue) {
    return (Boolean) fleet.value("SELECT paused FROM queues WHERE id = " + queue);
  }

  private static Pause pauseLane(String namespace, Lane lane) {
    return pauses.pauseLane(fleet.operator(), new PauseLane(lane, namespace, "why"));
  }

  private static Resumed resumeLane(String namespace, Lane lane) {
    return pauses.resumeLane(fleet.operator(), new ResumeLane(lane, namespace, null));
  }

  @Test
  void a_paused_lane_holds_that_lane_in_the_namespace_and_below_and_nothing_else() {
    var here = queue("lane/a", Lane.CODING);
    var below = queue("lane/a/b", Lane.CODING);
    var otherLane = queue("lane/a", Lane.REACTIVE);
    var above = queue("lane", Lane.CODING);
    var neighbour = queue("lane/ab", Lane.CODING);

    var pause = pauseLane("lane/a", Lane.CODING);

    assertThat(pause.scope()).isEqualTo("lane");
    assertThat(pause.pausedBy()).isEqualTo("token:operator");
    assertThat(List.of(here, below)).allMatch(PausesTest::paused);
    assertThat(List.of(otherLane, above, neighbour)).noneMatch(PausesTest::paused);
    assertThat(paused(queue("lane/a/later", Lane.CODING))).as("a queue made after the pause").isTrue();

    assertThat(resumeLane("lane/a", Lane.CODING).paused()).isFalse();
    assertThat(List.of(here, below)).noneMatch(PausesTest::paused);
  }

  @Test
  void pausing_twice_is_the_same_answer_and_one_row_of_the_journal() {
    var first = pauses.pauseNamespace(fleet.operator(), new PauseNamespace("twice", "first"));
    var second = pauses.pauseNamespace(fleet.operator(), new PauseNamespace("twice", "second"));

    assertThat(second).isEqualTo(first);
    assertThat(fleet.value("SELECT count(*) FROM journal WHERE action = 'pause_namespace' AND detail->>'pause_id' = '"
        + first.id() + "'")).isEqualTo(1L);
    var resumed = pauses.resumeNamespace(fleet.operator(), new ResumeNamespace("twice", null));
    assertThat(pauses.resumeNamespace(fleet.operator(), new ResumeNamespace("twice", null))).isEqualTo(resumed);
    assertThat(fleet.value("SELECT count(*) FROM journal WHERE action = 'resume_namespace' AND detail->>'pause_id' = '"
        + first.id() + "'")).isEqualTo(1L);
  }

  @Test
  void what_two_pauses_hold_stays_held_until_both_are_taken_back() {
    var queue = queue("both/a", Lane.MEMORY);
    pauses.pauseNamespace(fleet.operator(), new PauseNamespace("both", "maintenance"));
    pauseLane("both/a", Lane.MEMORY);

    var resumed = resumeLane("both/a", Lane.MEMORY);

    assertThat(resumed.paused()).isTrue();
    assertThat(resumed.pauses()).map(Pause::reason).containsExactly("maintenance");
    assertThat(paused(queue)).isTrue();
    pauses.resumeNamespace(fleet.operator(), new ResumeNamespace("both", null));
    assertThat(paused(queue)).isFalse();
  }

  @Test
  void a_walled_operator_hears_that_something_above_holds_but_not_what() {
    queue("above/a", Lane.IDLE);
    pauses.pauseNamespace(fleet.operator(), new PauseNamespace("above", "secret reason"));
    var walled = fleet.operator(List.of("above/a"));

    var resumed = pauses.resumeLane(walled, new ResumeLane(Lane.IDLE, null, null));

    assertThat(resumed.paused()).isTrue();
    assertThat(resumed.pauses()).isEmpty();
    assertThat(pauses.listPauses(walled, new ListPauses(null, null, null)).items()).isEmpty();
    assertThat(Fleet.code(() -> pauses.resumeNamespace(walled, new ResumeNamespace("above", null))))
        .isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(Fleet.code(() -> pauses.pauseLane(walled, new PauseLane(Lane.IDLE, "elsewhere", "x"))))
        .isEqualTo(ProblemCode.NOT_FOUND);
  }

  @Test
  void those_who_wait_for_work_are_told_where_they_may_claim_again() {
    var busy = queue("woken/a", Lane.CODING);
    var empty = queue("woken/b", Lane.CODING);
    fleet.execute("INSERT INTO job_ready (queue_id, rank, run_after, id) SELECT " + busy
        + ", 900, now(), gen_random_uuid() FROM generate_series(1, 3)");
    pauseLane("woken", Lane.CODING);

    resumeLane("woken", Lane.CODING);
    resumeLane("woken", Lane.CODING);

    assertThat(WOKEN).filteredOn(hint -> hint.queueId() == busy || hint.queueId() == empty)
        .containsExactly(new ReadyHint(busy, 0, null, 3));
  }

  @Test
  void a_paused_agent_is_marked_until_it_is_resumed() {
    RegisteredAgent agent = fleet.register("team", "worker");

    var pause = pauses.pauseAgent(fleet.operator(), new PauseAgent("worker", "team", "misbehaves"));

    assertThat(pause.agent()).isEqualTo("worker");
    assertThat(fleet.get("team", "worker").paused()).isTrue();
    assertThat(fleet.directory.agent(new NamespacePath("team"), "worker").paused()).as("seen at once").isTrue();
    assertThat(Fleet.code(() -> pauses.pauseAgent(fleet.operator(List.of("zeta")),
        new PauseAgent(agent.agent().id().toString(), null, "x")))).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(pauses.resumeAgent(fleet.operator(), new ResumeAgent("worker", "team", null)).paused()).isFalse();
    assertThat(fleet.get("team", "worker").paused()).isFalse();
  }

  @Test
  void pauses_are_listed_newest_first_within_the_walls() {
    pauseLane("listed/a", Lane.CODING);
    pauseLane("listed/b", Lane.CODING);
    pauses.pauseNamespace(fleet.operator(), new PauseNamespace("listed/a", "all"));
    Call walled = fleet.operator(List.of("listed/a"));

    assertThat(pauses.listPauses(walled, new ListPauses(null, null, null)).items()).map(Pause::scope)
        .containsExactly("namespace", "lane");
    var first = pauses.listPauses(fleet.operator(), new ListPauses("listed/*", 2, null));
    assertThat(first.items()).hasSize(2);
    var second = pauses.listPauses(fleet.operator(), new ListPauses("listed/*", 2, first.next()));
    assertThat(second.items()).map(pause -> pause.namespace().value()).containsExactly("listed/a");
    assertThat(second.next()).isNull();
  }

  @Test
  void queues_made_while_pauses_come_and_go_end_up_as_the_pauses_say() throws InterruptedException {
    fleet.directory.meant(fleet.operator(), "storm");
    var turn = new AtomicInteger();

    var outcomes = Fleet.atOnce(24, () -> {
      var n = turn.getAndIncrement();
      if (n % 3 == 0) {
        return pauseLane("storm", Lane.DELIVERY);
      }
      return n % 3 == 1 ? resumeLane("storm", Lane.DELIVERY) : (Object) queue("storm/q" + n, Lane.DELIVERY);
    });

    assertThat(outcomes).noneMatch(Throwable.class::isInstance);
    assertThat(fleet.value("SELECT count(*) FROM queues WHERE paused <> queue_is_paused(namespace_id, lane)"))
        .isEqualTo(0L);
  }

  @Test
  void somebodys_open_transaction_that_makes_a_queue_is_waited_for_a_while_and_then_named() throws SQLException {
    fleet.directory.ensureNamespace(fleet.database, new NamespacePath("held"), "token:operator");
    try (var outsider = database.connect(); var statement = outsider.createStatement()) {
      outsider.setAutoCommit(false);
      statement.execute("SELECT agentbus.enqueue_job('held', NULL, 'open for long')");

      var refusal = Fleet.refusal(() -> pauseLane("held", Lane.REACTIVE));

      assertThat(refusal.code()).isEqualTo(ProblemCode.UNAVAILABLE);
      assertThat(refusal.getMessage()).contains("enqueue_job");
      outsider.commit();
    }
    assertThat(pauseLane("held", Lane.REACTIVE).lane()).isEqualTo(Lane.REACTIVE);
    assertThat(fleet.value(
        "SELECT bool_and(q.paused) FROM queues q JOIN namespaces n ON n.id = q.namespace_id WHERE n.path = 'held'"))
        .isEqualTo(true);
  }
}
