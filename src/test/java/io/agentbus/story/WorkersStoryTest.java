package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.testkit.JavaProgram;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Truth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of work when workers die, freeze, block and come late: real worker processes against a real node. */
@Timeout(180)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WorkersStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  @TempDir
  static Path folder;
  private static NodeProcess node;
  private static Truth truth;

  @BeforeAll
  static void start() {
    node = NodeProcess.over(DATABASE, folder, "one", "--set", "jobs.retry-base=10ms", "--set", "jobs.retry-cap=100ms");
    truth = node.truth();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** Promise: a bus that nobody has used yet tells its health as one that is busy does. */
  @Test
  @Order(1)
  void a_node_over_an_empty_database_is_healthy_and_says_so() throws Exception {
    assertThat(truth.count("SELECT count(*) FROM job_facts")).isZero();
    assertThat(truth.all("SELECT namespace || ' ' || queued_count FROM system_health_snapshot_v"))
        .containsExactly("default 0");
    assertThat(node.operator().node().get("/ready", JavaProgram.LONG).path("status").asText()).isEqualTo("ok");
    var health = node.cli("health", "--json");
    assertThat(health.awaitExit()).as(health.complained()).isZero();
    assertThat(health.said()).contains("\"ready\" : true");
  }

  /** Promise: who has lost the lease changes nothing any more, however sure of it they are. */
  @Test
  void a_frozen_worker_that_wakes_after_its_job_was_given_to_another_is_refused() throws IOException {
    // Both agents can do it; only the first is there yet.
    var flags = List.of("--lease-seconds", "1", "--once", "--capability", "sleeping");
    var frozen = node.worker("sleeper", flags, "sh", "-c", hold("sleeper"));
    var job = node.enqueue("\"target_capability\": \"sleeping\"");
    truth.awaitStatus(job, "running");
    frozen.freeze();
    node.worker("waker", flags, "echo", "{\"by\": \"second\"}");
    truth.awaitStatus(job, "succeeded");
    Files.createFile(folder.resolve("sleeper"));
    frozen.thaw();
    frozen.awaitExit();
    assertThat(frozen.complained()).contains("job.lost").doesNotContain("job.finished");
    assertThat(truth.attempts(job)).containsExactly("1 timed_out counted", "2 succeeded counted");
    assertThat(truth.result(job, "by")).isEqualTo("second");
    // The same once more, said by the one who lost it, with its own token and fence.
    var late = node.caller(Files.readString(folder.resolve("workers/agents/default/sleeper.token")).strip());
    var fence = truth.one("SELECT min(fence) FROM job_attempts WHERE job_id = ?::uuid", job);
    var refusal = late.refused("complete_job",
        "{\"job_id\": \"%s\", \"fence\": %s, \"result\": {\"by\": \"first\"}}".formatted(job, fence));
    assertThat(refusal.code()).isEqualTo("lease_lost");
    assertThat(refusal.getMessage()).contains("it is succeeded now");
    assertThat(truth.result(job, "by")).isEqualTo("second");
  }

  /** Promise: work that kills whoever takes it ends, is counted, and says why. */
  @Test
  void a_job_that_always_kills_its_worker_is_dead_when_its_attempts_are_used_up() {
    var job = node.enqueue("\"target_agent\": \"victim\", \"max_attempts\": 2");
    for (var attempt = 1; attempt <= 2; attempt++) {
      var worker = node.worker("victim", List.of("--lease-seconds", "1"), "sh", "-c", "kill -9 $PPID");
      assertThat(worker.awaitExit()).isEqualTo(128 + 9);
      var closed = attempt;
      await().atMost(JavaProgram.LONG).until(() -> closed == truth.count(
          "SELECT count(*) FROM job_attempts WHERE job_id = ?::uuid AND status = 'timed_out'", job));
    }
    assertThat(truth.status(job)).isEqualTo("dead");
    assertThat(truth.attempts(job)).containsExactly("1 timed_out counted", "2 timed_out counted");
    assertThat(truth.one("SELECT last_error FROM jobs WHERE id = ?::uuid", job)).contains("lease ended");
    assertThat(truth.count("SELECT count(*) FROM job_leases WHERE id = ?::uuid", job)).isZero();
    assertThat(explained(job)).contains("dead");
  }

  /** Promise: what depends on other work starts after that work has succeeded, whoever is idle meanwhile. */
  @Test
  void a_dependent_job_is_not_handed_out_before_its_parent_has_succeeded() throws IOException {
    // Two hands, so that one is free all the time that the parent takes.
    node.worker("builder", List.of("--concurrency", "2"), "sh", "-c",
        "echo $AGENTBUS_JOB_ID >> $DIR/started; " + hold("built"));
    var parent = node.enqueue("\"target_agent\": \"builder\"");
    var child = node.enqueue("\"target_agent\": \"builder\", \"priority\": 1000, \"depends_on\": [\"" + parent + "\"]");
    var after = node.enqueue("\"target_agent\": \"builder\", \"priority\": 1");
    // The free hand takes the least urgent of all rather than the one that has to wait.
    truth.awaitStatus(after, "running");
    assertThat(truth.status(parent)).isEqualTo("running");
    assertThat(truth.status(child)).isEqualTo("waiting");
    Files.createFile(folder.resolve("built"));
    truth.awaitStatus(child, "succeeded");
    assertThat(Files.readAllLines(folder.resolve("started"))).containsExactlyInAnyOrder(parent, after, child)
        .endsWith(child);
    assertThat(truth.holds("SELECT c.leased_at > p.completed_at FROM jobs c, jobs p WHERE c.id = ?::uuid AND p.id = ?::uuid",
        child, parent)).isTrue();
  }

  /** Promise: who cannot go on says what is missing, and the work goes to who has it. */
  @Test
  void a_blocked_job_is_rerouted_and_done_by_the_worker_of_another_agent() {
    var block = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" --job-id $AGENTBUS_JOB_ID --fence $AGENTBUS_FENCE", "sh"));
    block.addAll(JavaProgram.command());
    block.addAll(List.of("block-job", "--blocked-reason", "no key", "--needs", "a signature", "--needs-from", "notary"));
    node.worker("clerk", List.of("--once"), block.toArray(String[]::new));
    var job = node.enqueue("\"target_agent\": \"clerk\"");
    truth.awaitStatus(job, "blocked");
    assertThat(explained(job)).contains("no key").contains("a signature");
    node.worker("notary", List.of("--once"), "echo", "{\"signed\": true}");
    node.operator().call("reassign_job", "{\"job_id\": \"" + job + "\", \"target_agent\": \"notary\"}");
    truth.awaitStatus(job, "succeeded");
    assertThat(truth.attempts(job)).containsExactly("1 blocked", "1 succeeded counted");
    assertThat(truth.all(
        "SELECT a.name FROM job_attempts t JOIN agents a USING (agent_no) WHERE job_id = ?::uuid ORDER BY fence", job))
        .containsExactly("clerk", "notary");
  }

  /** Promise: one question answers what somebody read, wrote and acted on in a time. */
  @Test
  void one_call_tells_what_an_agent_read_wrote_and_acted_on_between_two_times() {
    var watched = node.caller(node.registerAgent("default", "watched", 0));
    var other = node.caller(node.registerAgent("default", "unwatched", 0));
    var before = node.enqueue("\"target_agent\": \"watched\"");
    watched.call("get_job", "{\"job_id\": \"" + before + "\"}");
    awaitReads(1);
    var from = now();
    var claimed = watched.call("claim_jobs", "{}").get("jobs").get(0);
    var looked = node.enqueue("\"target_agent\": \"unwatched\"");
    watched.call("get_job", "{\"job_id\": \"" + looked + "\"}");
    watched.call("complete_job", """
        {"job_id": %s, "fence": %s, "follow_ups": [{"subject": "next", "target_agent": "unwatched"}],
         "events": [{"topic": "work.seen"}]}""".formatted(claimed.get("id"), claimed.get("fence")));
    awaitReads(2);
    var to = now();
    watched.call("get_job", "{\"job_id\": \"" + before + "\"}");
    other.call("claim_jobs", "{}");

    var question = "{\"agent\": \"watched\", \"from\": \"" + from + "\", \"to\": \"" + to + "\"}";
    awaitReads(3);
    var told = node.operator().call("audit_window", question);
    assertThat(texts(told.get("read"), "operation")).containsExactly("claim_jobs", "get_job");
    assertThat(told.get("read").get(1).get("job_ids").get(0).asText()).isEqualTo(looked);
    assertThat(texts(told.get("wrote"), "action")).contains("claim_jobs", "complete_job", "enqueue_job");
    assertThat(texts(told.get("acted_on"), "job_id")).contains(before).doesNotContain(looked);
    assertThat(texts(told.get("wrote"), "actor")).containsOnly("agent:default/watched");
    assertThat(told.get("next").isNull()).isTrue();
  }

  /** Reads are written down in batches, within a second; when they were is known to some milliseconds. */
  private static void awaitReads(int many) {
    await().atMost(JavaProgram.LONG).until(() -> many == truth.count("SELECT count(*) FROM read_log WHERE actor = 'agent:default/watched'"));
  }

  /** A shell script that runs until the test makes a file of this name, or for a minute. */
  private static String hold(String file) {
    return "for i in $(seq 1200); do [ -e $DIR/" + file + " ] && break; sleep 0.05; done; echo '{\"by\": \"first\"}'";
  }

  private static String explained(String job) {
    return node.operator().call("explain_job", "{\"job_id\": \"" + job + "\"}").toString();
  }

  /** The time of the database, as callers write it. */
  private static String now() {
    return truth.one("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
  }

  private static List<String> texts(JsonNode rows, String field) {
    return StreamSupport.stream(rows.spliterator(), false).map(row -> row.get(field).asText()).toList();
  }
}
