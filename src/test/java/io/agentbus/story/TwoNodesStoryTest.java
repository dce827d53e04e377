package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.client.Refused;
import io.agentbus.testkit.JavaProgram;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Truth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What holds when several nodes serve one database. */
@Timeout(180)
class TwoNodesStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  @TempDir
  static Path folder;
  private static NodeProcess one;
  private static NodeProcess two;
  private static Truth truth;

  @BeforeAll
  static void start() {
    one = NodeProcess.over(DATABASE, folder, "one");
    two = NodeProcess.over(DATABASE, folder, "two");
    truth = one.truth();
  }

  @AfterAll
  static void stop() {
    two.close();
    one.close();
  }

  /** Promise: an agent never holds more work than it was limited to, wherever its workers ask. */
  @Test
  void the_limit_of_an_agent_holds_across_nodes() {
    for (var i = 0; i < 12; i++) {
      one.enqueue("\"target_agent\": \"single\"");
    }
    var worker = new String[] {"sh", "-c", "sleep 0.1; echo '{\"done\": true}'"};
    // Each of the two would take one at a time; together they would take two, were it not for the agent's limit of one.
    one.worker("single", List.of("--concurrency", "1"), worker);
    two.worker("single", List.of("--concurrency", "1"), worker);
    var most = new AtomicInteger();
    await().atMost(JavaProgram.LONG).pollInterval(5, TimeUnit.MILLISECONDS).until(() -> {
      most.accumulateAndGet(truth.count("SELECT count(*) FROM job_leases WHERE owner = 'default/single'"), Math::max);
      return truth.count("SELECT count(*) FROM jobs WHERE target_agent = 'single' AND status = 'succeeded'") == 12;
    });
    assertThat(most).hasValue(1);
    // Samples may miss a moment; the record does not: no attempt began before the one before it had ended.
    assertThat(truth.count("""
        SELECT count(*) FROM job_attempts a JOIN job_attempts b ON a.fence < b.fence AND b.started_at < a.finished_at
        WHERE a.dispatcher_id = 'default/single' AND b.dispatcher_id = 'default/single'""")).isZero();
    assertThat(truth.count("SELECT count(*) FROM job_attempts WHERE dispatcher_id = 'default/single'")).isEqualTo(12);
  }

  /** Promise: two claimers never get the same job. */
  @Test
  void many_claimers_at_two_nodes_get_each_job_once() throws Exception {
    var jobs = 300;
    var namespace = "crowd";
    var tokens = List.of(one.registerAgent(namespace, "red", 0), one.registerAgent(namespace, "blue", 0),
        two.registerAgent(namespace, "green", 0));
    enqueueAnywhere(namespace, jobs);
    var left = new AtomicInteger(jobs);
    var claimed = inParallel(IntStream.range(0, 8).<Callable<List<String>>>mapToObj(i -> () -> {
      var caller = (i % 2 == 0 ? one : two).caller(tokens.get(i % 3));
      var mine = new ArrayList<String>();
      while (left.get() > 0) {
        for (var job : caller.call("claim_jobs", "{\"limit\": 7, \"wait_seconds\": 1}").get("jobs")) {
          caller.call("complete_job", attempt(job));
          mine.add(job.get("id").asText());
          left.decrementAndGet();
        }
      }
      return mine;
    }).toList()).stream().flatMap(List::stream).toList();
    assertThat(claimed).hasSize(jobs).doesNotHaveDuplicates();
    assertEachSucceededAtItsOnlyAttempt(namespace, jobs);
  }

  /** The same promise for worker processes: each job's command is started once. */
  @Test
  void several_worker_processes_run_each_job_once() throws Exception {
    var jobs = 40;
    var command = new String[] {"sh", "-c", "echo $AGENTBUS_JOB_ID >> $DIR/ran"};
    var flags = List.of("--namespace", "shift", "--concurrency", "4");
    one.worker("early", flags, command);
    two.worker("late", flags, command);
    two.worker("night", flags, command);
    enqueueAnywhere("shift", jobs);
    await().atMost(JavaProgram.LONG).until(() -> jobs == truth.count(
        "SELECT count(*) FROM jobs WHERE namespace = 'shift' AND status = 'succeeded'"));
    assertThat(Files.readAllLines(folder.resolve("ran"))).hasSize(jobs).doesNotHaveDuplicates();
    assertEachSucceededAtItsOnlyAttempt("shift", jobs);
  }

  /** Promise: a claim whose answer was lost costs neither the job nor an attempt. */
  @Test
  void a_claim_whose_answer_was_lost_is_answered_again_by_its_id_at_another_node() throws Exception {
    var token = one.registerAgent("default", "unlucky", 1);
    var job = one.enqueue("\"target_agent\": \"unlucky\"");
    var claim = "{\"claim_id\": \"0198f3c2-0000-7000-8000-00000000c1a1\", \"lease_seconds\": 60}";
    assertThat(one.callAndHangUp(token, "claim_jobs", claim)).startsWith("HTTP/1.1 200");
    assertThat(truth.attempts(job)).containsExactly("1 leased counted");
    var unlucky = two.caller(token);
    var got = unlucky.call("claim_jobs", claim).get("jobs");
    assertThat(got).hasSize(1);
    assertThat(got.get(0).get("id").asText()).isEqualTo(job);
    assertThat(unlucky.call("complete_job", attempt(got.get(0))).get("status").asText()).isEqualTo("succeeded");
    assertThat(truth.attempts(job)).containsExactly("1 succeeded counted");
  }

  /** Promise: connections that are cut cost callers a refusal that says "try again", never their patience. */
  @Test
  void cut_database_connections_make_no_caller_wait_and_everything_works_again() throws Exception {
    var worker = one.caller(one.registerAgent("default", "cutter", 0));
    var wanted = "{\"subject\": \"cut\", \"target_agent\": \"cutter\"}";
    var stop = new AtomicBoolean();
    var done = new AtomicInteger();
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    var callers = IntStream.range(0, 6).mapToObj(i -> threads.submit(() -> {
      var node = i % 2 == 0 ? one : two;
      var asked = new ArrayList<String>();
      while (!stop.get()) {
        try {
          asked.add(node.operator().tryCall("enqueue_job", wanted, null).get("id").asText());
          done.incrementAndGet();
        } catch (Refused refusal) {
          // Only this: the caller is told to try again.
          assertThat(refusal.code()).isEqualTo("unavailable");
        }
      }
      return asked;
    })).toList();
    for (var cut = 0; cut < 3; cut++) {
      var enough = done.get() + 20;
      await().atMost(JavaProgram.LONG).until(() -> done.get() > enough);
      truth.count("""
          SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()""");
    }
    var enough = done.get() + 20;
    await().atMost(JavaProgram.LONG).until(() -> done.get() > enough);
    stop.set(true);
    var accepted = new ArrayList<String>();
    for (var caller : callers) {
      accepted.addAll(caller.get(20, TimeUnit.SECONDS));
    }
    threads.close();
    assertThat(one.program().complained()).contains("a database connection was cut").contains("a database connection is back")
        .as("stack traces, in a line of the log or beside it").doesNotContain("\\n\\tat ").doesNotContainPattern("(?m)^[^{]");
    // Nothing that was accepted is missing, and it can be claimed and closed.
    assertThat(truth.all("SELECT id::text FROM job_facts WHERE subject = 'cut'")).containsAll(accepted);
    var claimed = worker.call("claim_jobs", "{\"limit\": 1}").get("jobs").get(0);
    assertThat(worker.call("complete_job", attempt(claimed)).get("status").asText()).isEqualTo("succeeded");
    // Other nodes hear of work again: the listening connections were cut too.
    var waiting = one.caller(two.registerAgent("default", "listener", 0));
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      var answer = pool.submit(() -> waiting.call("claim_jobs", "{\"wait_seconds\": 30}"));
      two.operator().call("enqueue_job", "{\"subject\": \"cut\", \"target_agent\": \"listener\"}");
      assertThat(answer.get(20, TimeUnit.SECONDS).get("jobs")).hasSize(1);
    }
  }

  /** Jobs for any agent of a namespace. */
  private static void enqueueAnywhere(String namespace, int count) {
    var job = "{\"subject\": \"story\", \"namespace\": \"" + namespace + "\"}";
    var jobs = String.join(", ", Collections.nCopies(count, job));
    assertThat(one.operator().call("enqueue_jobs", "{\"jobs\": [" + jobs + "]}").get("jobs")).hasSize(count);
  }

  private static void assertEachSucceededAtItsOnlyAttempt(String namespace, int jobs) {
    assertThat(truth.all("SELECT t.status FROM job_attempts t JOIN jobs j ON j.id = t.job_id WHERE j.namespace = ?", namespace))
        .hasSize(jobs).containsOnly("succeeded");
    assertThat(truth.count("SELECT count(*) FROM jobs WHERE namespace = ? AND status = 'succeeded'", namespace))
        .isEqualTo(jobs);
  }

  private static <T> List<T> inParallel(List<Callable<T>> work) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var results = new ArrayList<T>();
      for (Future<T> future : threads.invokeAll(work, JavaProgram.LONG.toSeconds(), TimeUnit.SECONDS)) {
        results.add(future.get());
      }
      return results;
    }
  }

  private static String attempt(JsonNode claimed) {
    return "{\"job_id\": " + claimed.get("id") + ", \"fence\": " + claimed.get("fence") + "}";
  }
}
