package io.agentbus.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.sim.Invariants;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two things that happen to one job, or to one line, in the same instant. */
@Timeout(60)
class JobRacesTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static TestBus bus;
  private static int count;
  private final Caller operator = TestBus.operator();
  private String name;
  private Caller agent;

  @BeforeAll
  static void open() {
    bus = TestBus.open(DATABASE);
  }

  @AfterAll
  static void close() {
    bus.close();
  }

  @BeforeEach
  void registerAgent() {
    name = "racer" + ++count;
    agent = bus.agent("default", name, 0);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "complete_job     |                            | succeeded",
      "fail_job         | , \"last_error\": \"e\"     | failed",
      "block_job        | , \"blocked_reason\": \"r\" | blocked",
      "release_job      |                            | queued",
      "mark_running_job |                            | running",
      "renew_job_lease  |                            | leased"})
  void a_verb_that_meets_a_renewal_of_the_same_lease_is_accepted(String verb, String more, String status) throws Exception {
    enqueue("");
    var claimed = claimOne();
    try (var other = DATABASE.connect()) {
      other.setAutoCommit(false);
      change(other, "UPDATE agentbus.job_leases SET leased_until = leased_until + interval '1 minute', sweep_at = sweep_at + interval '1 minute' "
          + "WHERE id = '" + claimed.get("id").asText() + "'");
      var answer = bus.callLater(agent, verb, attempt(claimed, more == null ? "" : more));
      awaitBlocked();
      other.commit();
      answer.get();
    }
    assertThat(get(claimed).get("status").asText()).isEqualTo(status);
    Invariants.checkWhileRunning(DATABASE);
  }

  @Test
  void the_same_renewal_and_mark_said_many_times_at_once_are_all_accepted() throws Exception {
    enqueue("");
    var claimed = claimOne();
    var answers = new ArrayList<Future<JsonNode>>();
    for (var i = 0; i < 50; i++) {
      answers.add(bus.callLater(agent, i % 2 == 0 ? "renew_job_lease" : "mark_running_job", attempt(claimed, "")));
    }
    for (var answer : answers) {
      assertThat(answer.get().get("fence")).isEqualTo(claimed.get("fence"));
    }
    assertThat(bus.call(operator, "job_timeline", ref(claimed)).get("changes")).hasSize(3);
  }

  @Test
  void a_new_priority_that_meets_the_moment_the_job_becomes_due_holds() throws Exception {
    var job = enqueue(", \"run_after\": \"" + Instant.now().plusSeconds(3_600) + "\"");
    try (var mover = DATABASE.connect()) {
      mover.setAutoCommit(false);
      change(mover, "WITH gone AS (DELETE FROM agentbus.job_scheduled WHERE id = '" + job.get("id").asText() + "' RETURNING *) "
          + "INSERT INTO agentbus.job_ready (queue_id, rank, run_after, id, attempt) "
          + "SELECT f.queue_id, 1000 - f.priority, g.run_after, g.id, g.attempt FROM gone g JOIN agentbus.job_facts f USING (id)");
      var answer = bus.callLater(operator, "reprioritize_job", "{\"job_id\": " + job.get("id") + ", \"priority\": 900}");
      awaitBlocked();
      mover.commit();
      assertThat(answer.get().get("priority").asInt()).isEqualTo(900);
    }
    Invariants.checkWhileRunning(DATABASE);
  }

  @Test
  void a_job_that_becomes_due_while_its_priority_changes_keeps_its_place_in_line() throws Exception {
    var job = enqueue(", \"run_after\": \"" + Instant.now().plusSeconds(3_600) + "\"");
    var id = "'" + job.get("id").asText() + "'";
    try (var due = DATABASE.connect()) {
      change(due, "WITH f AS (UPDATE agentbus.job_facts SET run_after = now() WHERE id = " + id
          + ") UPDATE agentbus.job_scheduled SET run_after = now() WHERE id = " + id);
    }
    var movers = new ArrayList<Future<JsonNode>>();
    for (var i = 1; i <= 20; i++) {
      movers.add(bus.callLater(operator, "reprioritize_job", "{\"job_id\": " + job.get("id") + ", \"priority\": " + i + "}"));
      bus.await(() -> bus.bus().sweeps().moveDue(100));
    }
    for (var mover : movers) {
      mover.get();
    }
    await().until(() -> {
      bus.await(() -> bus.bus().sweeps().moveDue(100));
      return claim(1).size() == 1;
    });
    Invariants.checkWhileRunning(DATABASE);
  }

  @Test
  void a_child_that_is_moved_while_its_parent_is_retried_waits_for_it_again() throws Exception {
    var parent = enqueue("");
    var child = enqueue(", \"depends_on\": [" + parent.get("id") + "]");
    bus.call(operator, "cancel_job", ref(parent));
    assertThat(get(child).get("status").asText()).isEqualTo("blocked");
    try (var mover = DATABASE.connect()) {
      mover.setAutoCommit(false);
      change(mover, "WITH gone AS (DELETE FROM agentbus.job_blocked WHERE id = '" + child.get("id").asText() + "' RETURNING *) "
          + "INSERT INTO agentbus.job_blocked SELECT * FROM gone");
      var answer = bus.callLater(operator, "retry_job", ref(parent));
      awaitBlocked();
      mover.commit();
      answer.get();
    }
    assertThat(get(child).get("status").asText()).isEqualTo("waiting");
    Invariants.checkWhileRunning(DATABASE);
  }

  @Test
  void many_overrides_at_once_do_not_wait_for_each_other() throws Exception {
    var jobs = new ArrayList<JsonNode>();
    for (var i = 0; i < 100; i++) {
      jobs.add(enqueue(""));
    }
    var began = System.nanoTime();
    var answers = new ArrayList<Future<?>>();
    for (var job : jobs) {
      answers.add(bus.callLater(operator, "cancel_job", ref(job)));
    }
    for (var answer : answers) {
      answer.get();
    }
    var refused = new ArrayList<Future<?>>();
    for (var job : jobs) {
      refused.add(bus.callLater(operator, "unblock_job", ref(job)));
    }
    for (var answer : refused) {
      assertThat(answer).failsWithin(Duration.ofSeconds(30)).withThrowableThat().withMessageContaining("is cancelled");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began)).as("no call waited until the pool gave up").isLessThan(Duration.ofSeconds(9));
  }

  @Test
  void an_agent_that_always_finds_work_hears_of_a_new_line() {
    for (var i = 0; i < 3; i++) {
      enqueue("");
    }
    claimOne();
    var urgent = bus.call(operator, "enqueue_job", "{\"subject\": \"s\", \"lane\": \"delivery\", \"priority\": 1000, \"target_agent\": \"" + name + "\"}");
    await().atMost(Duration.ofSeconds(20)).until(() -> {
      var claimed = claimOne();
      if (claimed.get("id").equals(urgent.get("id"))) {
        return true;
      }
      bus.call(agent, "release_job", attempt(claimed, ""));
      return false;
    });
  }

  @Test
  void a_job_that_is_reassigned_or_unblocked_keeps_its_time() {
    var parent = enqueue("");
    var later = Instant.now().plusSeconds(3_600).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
    var job = enqueue(", \"run_after\": \"" + later + "\"");
    var child = enqueue(", \"run_after\": \"" + later + "\", \"depends_on\": [" + parent.get("id") + "]");
    bus.call(operator, "cancel_job", ref(parent));
    assertThat(bus.call(operator, "unblock_job", ref(child)).get("status").asText()).isEqualTo("queued");
    bus.call(operator, "reassign_job", "{\"job_id\": " + job.get("id") + ", \"target_agent\": \"" + name + "\"}");
    assertThat(claim(10)).isEmpty();
    for (var one : new JsonNode[] {job, child}) {
      assertThat(Instant.parse(get(one).get("run_after").asText())).isEqualTo(later);
    }
  }

  @Test
  void the_journal_of_a_job_with_dependencies_stays_a_way_through_its_states() {
    var parent = enqueue("");
    bus.call(agent, "complete_job", attempt(claimOne(), ""));
    var child = enqueue(", \"depends_on\": [" + parent.get("id") + "]");
    bus.call(agent, "block_job", attempt(claimOne(), ", \"blocked_reason\": \"r\""));
    bus.call(operator, "unblock_job", ref(child));
    bus.call(operator, "reassign_job", "{\"job_id\": " + child.get("id") + ", \"target_agent\": \"" + name + "\"}");
    bus.call(operator, "cancel_job", ref(child));
    bus.call(operator, "retry_job", ref(child));
    assertThat(get(child).get("status").asText()).isEqualTo("queued");
    Invariants.checkWhileRunning(DATABASE);
  }

  @Test
  void a_repeated_claim_answers_in_claim_order() {
    for (var priority : new int[] {5, 900, 100}) {
      enqueue(", \"priority\": " + priority);
    }
    var claim = "{\"limit\": 10, \"claim_id\": \"" + java.util.UUID.randomUUID() + "\"}";
    var first = bus.call(agent, "claim_jobs", claim).get("jobs");
    assertThat(first.findValuesAsText("priority")).containsExactly("900", "100", "5");
    assertThat(bus.call(agent, "claim_jobs", claim).get("jobs").findValuesAsText("priority")).containsExactly("900", "100", "5");
  }

  @Test
  void a_dependant_that_is_judged_while_its_parent_is_reopened_waits_again() throws Exception {
    var parent = enqueue("");
    bus.call(operator, "cancel_job", ref(parent));
    try (var other = DATABASE.connect()) {
      other.setAutoCommit(false);
      change(other, "UPDATE agentbus.job_closings SET reopened = true WHERE id = '" + parent.get("id").asText() + "'");
      var child = bus.callLater(operator, "enqueue_job",
          "{\"subject\": \"s\", \"target_agent\": \"" + name + "\", \"depends_on\": [" + parent.get("id") + "]}");
      awaitBlocked();
      change(other, "INSERT INTO agentbus.job_waiting (id) VALUES ('" + parent.get("id").asText() + "')");
      other.commit();
      assertThat(get(child.get()).get("status").asText()).isEqualTo("waiting");
    }
  }

  @Test
  void a_retry_that_loses_its_dedupe_key_in_the_same_instant_names_the_job_that_got_it() throws Exception {
    var ended = enqueue(", \"dedupe_key\": \"" + name + "\"");
    bus.call(operator, "cancel_job", ref(ended));
    try (var other = DATABASE.connect(); var statement = other.createStatement()) {
      other.setAutoCommit(false);
      String holder;
      try (var rows = statement.executeQuery("SELECT agentbus.enqueue_job('default', '" + name + "', 'race', '{}', '{\"dedupe_key\": \"" + name + "\"}')")) {
        rows.next();
        holder = rows.getString(1);
      }
      var retried = bus.callLater(operator, "retry_job", ref(ended));
      awaitBlocked();
      other.commit();
      assertThatThrownBy(retried::get).hasRootCauseMessage("Job " + holder + " is active with the same dedupe_key.");
    }
    assertThat(get(ended).get("status").asText()).isEqualTo("cancelled");
  }

  @Test
  void claims_that_meet_in_one_statement_all_get_their_job_at_once() throws Exception {
    var namespace = "meet" + count;
    var limited = bus.agent(namespace, "limited", 1);
    bus.call(operator, "enqueue_job", "{\"subject\": \"first\", \"namespace\": \"" + namespace + "\", \"target_agent\": \"limited\"}");
    var others = new ArrayList<Caller>();
    for (var i = 0; i < 20; i++) {
      others.add(bus.agent(namespace, "other" + i, 0));
    }
    for (var round = 0; round < 5; round++) {
      bus.call(operator, "enqueue_jobs", "{\"jobs\": [" + String.join(", ",
          java.util.Collections.nCopies(others.size(), "{\"subject\": \"s\", \"namespace\": \"" + namespace + "\"}")) + "]}");
      var answers = new ArrayList<Future<JsonNode>>();
      try (var other = DATABASE.connect()) {
        other.setAutoCommit(false);
        change(other, "UPDATE agentbus.agents SET version = 'v' WHERE name = 'limited' AND namespace_id = "
            + "(SELECT id FROM agentbus.namespaces WHERE path = '" + namespace + "')");
        answers.add(bus.callLater(limited, "claim_jobs", "{}"));
        awaitBlocked();
        others.forEach(one -> answers.add(bus.callLater(one, "claim_jobs", "{}")));
        other.commit();
      }
      for (var answer : answers.subList(1, answers.size())) {
        assertThat(answer.get().get("jobs")).hasSize(1);
      }
      answers.getFirst().get();
    }
  }

  @Test
  void a_claim_under_way_while_its_agent_becomes_limited_counts_against_the_limit() throws Exception {
    var job = enqueue("");
    Future<JsonNode> claimed;
    Future<JsonNode> limited;
    try (var other = DATABASE.connect()) {
      other.setAutoCommit(false);
      // The same lease, not committed: the claim has looked at its agent and comes no further.
      change(other, "INSERT INTO agentbus.job_leases (id, fence, leased_at, leased_until, sweep_at, agent_no, queue_id, namespace_id, lease_seconds,"
          + " attempt, limited, owner) VALUES ('" + job.get("id").asText() + "', 0, now(), now(), now() + interval '1 hour', 0, 0, 0, 1, 1, false, '')");
      claimed = bus.callLater(agent, "claim_jobs", "{}");
      awaitBlocked();
      limited = bus.callLater(operator, "update_agent", "{\"agent\": \"" + name + "\", \"concurrency\": 1}");
      await().until(() -> limited.isDone() || blocked() == 2);
      other.rollback();
    }
    assertThat(claimed.get().get("jobs")).hasSize(1);
    assertThat(limited.get().get("concurrency").asInt()).isEqualTo(1);
    enqueue("");
    assertThat(claim(1)).as("a second one").isEmpty();
    assertThat(new Truth(DATABASE.url()).count("SELECT count(*) FROM job_leases WHERE agent_no = ? AND NOT limited", agent.agentNo())).isZero();
  }

  @Test
  void the_most_urgent_job_is_claimed_however_early_its_time() {
    var job = enqueue(", \"priority\": 1000, \"run_after\": \"1960-01-01T00:00:00Z\"");
    assertThat(claimOne().get("id")).isEqualTo(job.get("id"));
  }

  private static void awaitBlocked() {
    await().until(() -> blocked() > 0);
  }

  /** How many connections wait for a lock. */
  private static int blocked() throws SQLException {
    try (var connection = DATABASE.connect(); var statement = connection.createStatement(); var rows = statement.executeQuery(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private static void change(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isEqualTo(1);
    }
  }

  private JsonNode enqueue(String more) {
    return bus.call(operator, "enqueue_job", "{\"subject\": \"s\", \"target_agent\": \"" + name + "\"" + more + "}");
  }

  private JsonNode claim(int limit) {
    return bus.call(agent, "claim_jobs", "{\"limit\": " + limit + "}").get("jobs");
  }

  private JsonNode claimOne() {
    var jobs = claim(1);
    assertThat(jobs).hasSize(1);
    return jobs.get(0);
  }

  private JsonNode get(JsonNode job) {
    return bus.call(operator, "get_job", ref(job));
  }

  private static String ref(JsonNode job) {
    return "{\"job_id\": " + job.get("id") + "}";
  }

  private static String attempt(JsonNode claimed, String more) {
    return "{\"job_id\": " + claimed.get("id") + ", \"fence\": " + claimed.get("fence") + more + "}";
  }
}
