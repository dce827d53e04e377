package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.client.Refused;
import io.agentbus.testkit.JavaProgram;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Truth;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A node that stands still with locks in its hands, and then goes on as if nothing had happened. */
@Timeout(180)
class FrozenNodeStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  @TempDir
  static Path folder;
  private static NodeProcess one;
  private static NodeProcess two;
  private static Truth truth;

  @BeforeAll
  static void start() {
    one = NodeProcess.over(DATABASE.urlWith("idle_in_transaction_session_timeout=3s"), folder, "one");
    two = NodeProcess.over(DATABASE, folder, "two", "--set", "jobs.retry-base=10ms");
    truth = two.truth();
  }

  @AfterAll
  static void stop() {
    one.program().thaw();
    two.close();
    one.close();
  }

  /** Promise: a frozen node holds up its jobs for a transaction's limit and a lease, and can harm nothing when it wakes. */
  @Test
  void a_job_whose_node_froze_in_mid_transaction_is_finished_by_another_and_the_one_that_wakes_is_refused() throws Exception {
    var token = one.registerAgent("default", "worker", 0);
    var job = one.enqueue("\"target_agent\": \"worker\"");
    var claimed = one.caller(token).call("claim_jobs", "{\"lease_seconds\": 2}").get("jobs").get(0);
    CompletableFuture<Refused> closing;
    CompletableFuture<Refused> late;
    try (var lock = truth.connect(); var statement = lock.createStatement()) {
      // It has closed the attempt, and waits to write the follow-up: the lease's row is in the hands of its transaction.
      lock.setAutoCommit(false);
      statement.execute("LOCK TABLE job_facts IN SHARE MODE");
      closing = refused(token, "complete_job", attempt(claimed, ", \"result\": {\"by\": \"one\"},"
          + " \"follow_ups\": [{\"subject\": \"never\", \"target_agent\": \"worker\"}]"));
      await().atMost(JavaProgram.LONG).until(() -> truth.holds(
          "EXISTS (SELECT FROM pg_locks WHERE relation = 'job_facts'::regclass AND NOT granted)"));
      one.program().freeze();
      late = refused(token, "complete_job", attempt(claimed, ", \"result\": {\"by\": \"late\"}"));
      lock.rollback();
    }
    await().atMost(JavaProgram.LONG).until(() -> truth.holds("""
        EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction')
        AND (SELECT leased_until FROM job_leases WHERE id = ?::uuid) < now()""", job));
    assertThat(truth.attempts(job)).containsExactly("1 leased counted");

    var worker = two.caller(token);
    var again = await().atMost(JavaProgram.LONG).until(() -> worker.call("claim_jobs", "{\"wait_seconds\": 20}").get("jobs"),
        jobs -> !jobs.isEmpty()).get(0);
    assertThat(again.get("id").asText()).isEqualTo(job);
    assertThat(worker.call("complete_job", attempt(again, ", \"result\": {\"by\": \"two\"}")).get("status").asText()).isEqualTo("succeeded");

    one.program().thaw();
    assertThat(closing.get(30, TimeUnit.SECONDS).code()).as("its transaction was cut").isEqualTo("unavailable");
    assertThat(late.get(30, TimeUnit.SECONDS).code()).as("what came in while it was frozen").isEqualTo("lease_lost");
    for (var verb : List.of("mark_running_job", "renew_job_lease", "fail_job", "release_job", "complete_job")) {
      var refusal = one.caller(token).refused(verb, attempt(claimed, verb.equals("fail_job") ? ", \"last_error\": \"e\"" : ""));
      assertThat(refusal.code()).as(verb).isEqualTo("lease_lost");
      assertThat(refusal.getMessage()).as(verb).contains("it is succeeded now");
    }
    assertThat(truth.attempts(job)).containsExactly("1 timed_out counted", "2 succeeded counted");
    assertThat(truth.result(job, "by")).isEqualTo("two");
    assertThat(truth.count("SELECT count(*) FROM jobs WHERE subject = 'never'")).isZero();
    assertThat(truth.all("SELECT to_state FROM journal WHERE job_id = ?::uuid AND to_state IS NOT NULL ORDER BY at, id", job))
        .containsExactly("queued", "leased", "queued", "leased", "succeeded");
    // It is a node like any other again.
    var next = one.enqueue("\"target_agent\": \"worker\"");
    assertThat(one.caller(token).call("claim_jobs", "{\"wait_seconds\": 20}").get("jobs").get(0).get("id").asText()).isEqualTo(next);
  }

  private static CompletableFuture<Refused> refused(String token, String operation, String input) {
    return CompletableFuture.supplyAsync(() -> one.caller(token).refused(operation, input));
  }

  private static String attempt(JsonNode claimed, String more) {
    return "{\"job_id\": " + claimed.get("id") + ", \"fence\": " + claimed.get("fence") + more + "}";
  }
}
