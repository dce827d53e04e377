package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.client.CallFailed;
import io.agentbus.client.Unreachable;
import io.agentbus.testkit.HttpCaller;
import io.agentbus.testkit.JavaProgram;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Truth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of work when the node is killed: the database keeps it, and the fence decides who may close it. */
@Timeout(180)
class KilledNodeStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  @TempDir
  static Path folder;
  private static NodeProcess node;
  private static Truth truth;

  @BeforeAll
  static void start() {
    node = NodeProcess.over(DATABASE, folder, "one");
    truth = node.truth();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** Promise: the death of a node costs no job its attempt, and what an agent has done meanwhile is not done again. */
  @Test
  void a_job_whose_node_is_killed_while_it_runs_is_closed_later_by_its_agent_and_ran_once() throws IOException {
    node.worker("steady", List.of("--lease-seconds", "2"), "sh", "-c",
        "echo $AGENTBUS_FENCE >> $DIR/runs; for i in $(seq 1200); do [ -e $DIR/go ] && break; sleep 0.05; done; "
            + "echo '{\"kept\": true}'");
    var worked = node.enqueue("\"target_agent\": \"steady\"");
    truth.awaitStatus(worked, "running");
    // An agent that says nothing while it works: only the charging of time decides about its lease.
    var silent = node.caller(node.registerAgent("default", "silent", 0));
    var held = node.enqueue("\"target_agent\": \"silent\"");
    var claimed = silent.call("claim_jobs", "{\"lease_seconds\": 1}").get("jobs").get(0);

    node.kill9();
    await().atMost(JavaProgram.LONG).until(() -> truth.holds("""
        (SELECT max(leased_until) FROM job_leases) < now() AND (SELECT last_served FROM served_clock) < now() - interval '3 s'
        """));
    var restarted = truth.one("SELECT clock_timestamp()::text");
    node.up();
    await().atMost(JavaProgram.LONG).until(() -> truth.holds(
        "SELECT last_served > ?::timestamptz + interval '1 s' FROM served_clock", restarted));

    assertThat(silent.call("complete_job", attempt(claimed)).get("attempt_count").asInt()).isEqualTo(1);
    Files.createFile(folder.resolve("go"));
    truth.awaitStatus(worked, "succeeded");
    assertThat(truth.attempts(worked)).containsExactly("1 succeeded counted");
    assertThat(truth.attempts(held)).containsExactly("1 succeeded counted");
    assertThat(truth.result(worked, "kept")).isEqualTo("true");
    assertThat(Files.readAllLines(folder.resolve("runs"))).hasSize(1);
    assertThat(truth.all(
        "SELECT to_state FROM journal WHERE job_id = ?::uuid AND to_state IS NOT NULL ORDER BY at, id", worked))
        .containsExactly("queued", "leased", "running", "succeeded");
  }

  /** Promise: work that nobody holds any more is run again, and the record says what became of the first try. */
  @Test
  void a_job_whose_agent_died_with_the_node_is_run_again_when_its_lease_has_ended() {
    var doomed = node.worker("fragile", List.of("--lease-seconds", "1"), "sleep", "60");
    var job = node.enqueue("\"target_agent\": \"fragile\"");
    truth.awaitStatus(job, "running");
    doomed.crash();
    node.kill9();
    assertThat(truth.attempts(job)).containsExactly("1 running counted");

    node.up("--set", "verticles.lease-sweeper.outage-grace=100ms", "--set", "jobs.retry-base=10ms");
    node.worker("fragile", List.of("--once"), "sh", "-c", "echo \"{\\\"attempt\\\": $AGENTBUS_ATTEMPT}\"");
    truth.awaitStatus(job, "succeeded");
    assertThat(truth.attempts(job)).containsExactly("1 timed_out counted", "2 succeeded counted");
    assertThat(truth.result(job, "attempt")).isEqualTo("2");
    assertThat(truth.count("SELECT count(*) FROM job_leases WHERE id = ?::uuid", job)).isZero();
  }

  /** Promise: a call repeated with its Idempotency-Key is answered as the first was, whatever died in between. */
  @Test
  void a_call_repeated_under_its_key_after_a_kill_is_answered_as_before_and_done_once() throws Exception {
    var first = "{\"subject\": \"keyed\", \"target_agent\": \"nobody\"}";
    var second = first.replace("keyed", "keyed too");
    var before = node.operator().call("enqueue_job", first, "key-1");
    CompletableFuture<CallFailed> cutOff;
    try (var lock = truth.connect(); var statement = lock.createStatement()) {
      // The second call stands in the middle of its transaction when the node dies.
      lock.setAutoCommit(false);
      statement.execute("LOCK TABLE job_facts IN SHARE MODE");
      cutOff = CompletableFuture.supplyAsync(() -> failure(node.operator(), second, "key-2"));
      await().atMost(JavaProgram.LONG).until(() -> truth.holds(
          "EXISTS (SELECT FROM pg_locks WHERE relation = 'job_facts'::regclass AND NOT granted)"));
      node.kill9();
      lock.rollback();
    }
    assertThat(cutOff.get()).isInstanceOf(Unreachable.class);
    node.up();

    assertThat(node.operator().call("enqueue_job", first, "key-1")).isEqualTo(before);
    assertThat(node.operator().refused("enqueue_job", second, "key-1").code()).isEqualTo("idempotency_mismatch");
    var after = node.operator().call("enqueue_job", second, "key-2");
    assertThat(truth.all("SELECT id::text FROM jobs WHERE subject LIKE 'keyed%' ORDER BY created_at"))
        .containsExactly(before.get("id").asText(), after.get("id").asText());
  }

  private static CallFailed failure(HttpCaller caller, String input, String key) {
    try {
      throw new AssertionError("answered " + caller.tryCall("enqueue_job", input, key));
    } catch (CallFailed e) {
      return e;
    }
  }

  private static String attempt(JsonNode claimed) {
    return "{\"job_id\": " + claimed.get("id") + ", \"fence\": " + claimed.get("fence") + "}";
  }
}
