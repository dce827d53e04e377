package io.agentbus.insight;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Json;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A look at the health of a large bus costs no more than one at a bus of some size, and says so. */
@Timeout(120)
class BoundedHealthTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final int MANY = 150_000;
  private static TestBus bus;
  private static Truth truth;

  /** A namespace with more of everything than is counted, and one with little. */
  @BeforeAll
  static void fill() throws Exception {
    bus = TestBus.open(DATABASE);
    truth = new Truth(DATABASE.url());
    bus.call(TestBus.operator(), "enqueue_job", "{\"subject\": \"s\", \"namespace\": \"huge\"}");
    for (var i = 0; i < 3; i++) {
      bus.call(TestBus.operator(), "enqueue_job", "{\"subject\": \"s\", \"namespace\": \"small\"}");
    }
    var cancelled = bus.call(TestBus.operator(), "enqueue_job", "{\"subject\": \"s\", \"namespace\": \"small\"}");
    bus.call(TestBus.operator(), "cancel_job", "{\"job_id\": " + cancelled.get("id") + "}");
    try (var connection = truth.connect(); var statement = connection.createStatement()) {
      var queue = truth.one("SELECT q.id FROM queues q JOIN namespaces n ON n.id = q.namespace_id WHERE n.path = 'huge'");
      var namespace = truth.one("SELECT id FROM namespaces WHERE path = 'huge'");
      statement.execute("CREATE TEMP TABLE filler AS SELECT gen_random_uuid() AS id, i FROM generate_series(1, " + MANY + ") i");
      statement.execute("INSERT INTO job_facts (id, queue_id, job_type, subject, source) SELECT id, " + queue + ", 'reactive', 's', 'token:x' FROM filler");
      statement.execute("INSERT INTO job_ready (queue_id, rank, run_after, id, attempt) SELECT " + queue + ", 900, now(), id, 4 FROM filler");
      statement.execute("INSERT INTO job_scheduled (run_after, id) SELECT now() + interval '1 day', id FROM filler");
      statement.execute("INSERT INTO job_waiting (id) SELECT id FROM filler");
      statement.execute("INSERT INTO job_blocked (id, blocked_by, blocked_reason) SELECT id, 'x', 'r' FROM filler");
      statement.execute("INSERT INTO job_leases (id, fence, leased_at, leased_until, sweep_at, agent_no, queue_id, namespace_id, lease_seconds, attempt,"
          + " limited, owner) SELECT id, i, now(), now(), now() + interval '1 hour', 1, " + queue + ", " + namespace + ", 60, 1, false, 'x' FROM filler");
      for (var status : new String[] {"succeeded", "dead"}) {
        statement.execute("INSERT INTO job_closings (id, fence, queue_id, finished_at, attempt, counted, ends, job_status, verb) SELECT id, i + "
            + (status.equals("dead") ? MANY : 0) + ", " + queue + ", now() - interval '1 hour', 1, true, true, '" + status + "', 'x' FROM filler");
      }
      statement.execute("INSERT INTO journal_positions SELECT i, i * 2048, 1 FROM filler");
      statement.execute("INSERT INTO journal_seals SELECT i, i, i, '', '', '', '', '', 'k', now() FROM filler");
      statement.execute("ANALYZE");
    }
  }

  @AfterAll
  static void close() {
    bus.close();
  }

  @Test
  void a_full_health_view_reads_a_bounded_part_of_every_table() throws Exception {
    var plan = Json.MAPPER.readTree(truth.one("EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM system_health_snapshot_v"));
    var read = new TreeMap<String, Double>();
    addRows(plan.get(0).get("Plan"), read);
    assertThat(read).containsKeys("job_ready", "job_scheduled", "job_waiting", "job_blocked", "job_leases", "job_closings");
    assertThat(read).allSatisfy((table, rows) -> assertThat(rows).as(table).isLessThan(MANY * 0.8));
  }

  @Test
  void what_is_not_counted_to_the_end_is_said_and_a_small_namespace_is_told_in_full() {
    var health = bus.call(TestBus.operator(), "health", "{}");
    assertThat(health.get("complete").asBoolean()).isFalse();
    var huge = namespace(health, "huge");
    for (var figure : new String[] {"queued", "waiting", "blocked", "leased", "succeeded", "dead", "retry_hotspots"}) {
      assertThat(huge.get(figure).asInt()).as(figure).isBetween(1_000, MANY - 1);
    }
    var small = namespace(health, "small");
    assertThat(small.get("queued").asInt()).isEqualTo(3);
    assertThat(small.get("cancelled").asInt()).isEqualTo(1);
    assertThat(small.get("oldest_queued_seconds").asInt()).isBetween(0, 120);
    assertThat(health.get("unsealed_journal_rows").asInt()).isZero();
  }

  private static JsonNode namespace(JsonNode health, String path) {
    return health.get("namespaces").valueStream().filter(one -> one.get("namespace").asText().equals(path)).findFirst().orElseThrow();
  }

  /** Adds how many rows were read of each table, those that a condition threw out included. */
  private static void addRows(JsonNode node, Map<String, Double> read) {
    if (node.has("Relation Name")) {
      var rows = node.path("Actual Rows").asDouble() + node.path("Rows Removed by Filter").asDouble() + node.path("Rows Removed by Index Recheck").asDouble();
      read.merge(node.get("Relation Name").asText(), rows * node.path("Actual Loops").asDouble(), Double::sum);
    }
    node.path("Plans").forEach(child -> addRows(child, read));
  }
}
