package io.agentbus.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.testkit.ScriptedNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing that a job started outlives it: process groups, cancels, lost leases, time-outs and the end of the worker.
 */
class WorkStopTest {
  /** Starts a grandchild and waits for it. */
  private static final String FAMILY = "sleep 1000 & echo $! > $DIR/grandchild; echo $$ > $DIR/child; wait";
  @TempDir
  Path folder;
  private WorkBench bench;

  @BeforeEach
  void start() {
    bench = new WorkBench(folder);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private void assertFamilyEnds(long child, long grandchild) {
    await().atMost(WorkBench.LONG).untilAsserted(() -> {
      assertThat(WorkBench.lives(child)).as("the command").isFalse();
      assertThat(WorkBench.lives(grandchild)).as("its child").isFalse();
    });
  }

  private void assertNothingFinished() {
    assertThat(bench.node.calls()).extracting(ScriptedNode.Received::operation)
        .doesNotContain("complete_job", "fail_job", "release_job");
  }

  @Test
  void a_lost_lease_stops_the_whole_group() throws InterruptedException {
    bench.offer("{}");
    var worker = bench.start(List.of("--once", "--lease-seconds", "1"), "sh", "-c", FAMILY);
    var child = bench.awaitPid("child");
    var grandchild = bench.awaitPid("grandchild");
    bench.awaitCall("renew_job_lease");
    assertThat(WorkBench.lives(grandchild)).isTrue();
    bench.node.on("get_job", "{\"status\":\"cancelled\",\"fence\":7}")
        .on("renew_job_lease", _ -> ScriptedNode.problem(409, "lease_lost", "The job is cancelled.", "{}"));
    assertFamilyEnds(child, grandchild);
    assertThat(worker.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertNothingFinished();
    assertThat(bench.said()).contains("job.lost").contains("The job is cancelled.");
  }

  @Test
  void a_cancel_request_stops_processes_that_ignore_sigterm_or_made_a_group_of_their_own() throws InterruptedException {
    bench.offer("{}");
    var worker = bench.start(List.of("--once", "--lease-seconds", "1"), "sh", "-c",
        "trap '' TERM; setsid sh -c 'echo $$ > $DIR/grandchild; exec sleep 1000' & echo $$ > $DIR/child; "
            + "while :; do wait; sleep 1; done");
    var child = bench.awaitPid("child");
    var grandchild = bench.awaitPid("grandchild");
    bench.node.on("renew_job_lease", "{\"cancel_requested\":true}");
    assertFamilyEnds(child, grandchild);
    assertThat(worker.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertNothingFinished();
    assertThat(bench.said()).contains("job.cancelled");
  }

  @Test
  void what_a_command_leaves_behind_is_stopped_before_its_job_is_closed() throws InterruptedException {
    bench.offer("{}");
    var seen = new java.util.concurrent.atomic.AtomicBoolean(true);
    bench.node.on("complete_job", _ -> {
      seen.set(WorkBench.lives(bench.awaitPid("grandchild")));
      return ScriptedNode.ok("{\"status\":\"succeeded\"}");
    });
    bench.run(List.of("--once"), "sh", "-c", "sleep 1000 & echo $! > $DIR/grandchild; echo '{\"a\":1}'");
    assertThat(bench.awaitCall("complete_job").input().path("result")).hasToString("{\"a\":1}");
    assertThat(seen).isFalse();
  }

  @Test
  void a_jobs_own_time_limit_is_left_to_the_node_to_record() throws InterruptedException {
    bench.offer("{\"timeout_seconds\":1}");
    var worker = bench.start(List.of("--once"), "sh", "-c", FAMILY);
    assertFamilyEnds(bench.awaitPid("child"), bench.awaitPid("grandchild"));
    assertThat(worker.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertNothingFinished();
    assertThat(bench.said()).contains("job.timed_out");
  }

  @Test
  void the_workers_own_time_limit_has_the_job_tried_again() throws InterruptedException {
    bench.offer("{}");
    var worker = bench.start(List.of("--once", "--timeout-seconds", "1"), "sh", "-c", FAMILY);
    assertFamilyEnds(bench.awaitPid("child"), bench.awaitPid("grandchild"));
    assertThat(worker.waitFor(20, TimeUnit.SECONDS)).isTrue();
    var failed = bench.awaitCall("fail_job").input();
    assertThat(failed.path("retry").booleanValue()).isTrue();
    assertThat(failed.path("last_error").asText()).contains("longer than the 1 s");
  }

  @Test
  void a_worker_told_to_stop_lets_its_commands_finish() throws IOException, InterruptedException {
    bench.offer("{}");
    var worker = bench.start(List.of(), "sh", "-c",
        "echo $$ > $DIR/child; until [ -e $DIR/go ]; do sleep 0.05; done; echo '{\"a\":1}'");
    bench.awaitPid("child");
    worker.destroy();
    bench.awaitLine(line -> line.contains("worker.draining"));
    bench.offer("{}");
    Files.createFile(folder.resolve("go"));
    assertThat(worker.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(bench.node.calls("complete_job")).hasSize(1);
    assertThat(bench.said()).contains("worker.stopped").contains("jobs=1");
  }

  @Test
  void commands_that_do_not_finish_in_time_are_stopped_and_their_jobs_given_back() throws InterruptedException {
    bench.offer("{}");
    var worker = bench.start(List.of("--drain-seconds", "1"), "sh", "-c", FAMILY);
    var child = bench.awaitPid("child");
    var grandchild = bench.awaitPid("grandchild");
    worker.destroy();
    assertThat(worker.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(bench.awaitCall("release_job").input().path("reason").asText()).isEqualTo("The worker was stopped.");
    assertFamilyEnds(child, grandchild);
    assertThat(bench.node.calls("fail_job")).isEmpty();
  }

  @Test
  void an_idle_worker_stops_at_once_and_gives_back_what_its_last_claim_may_have_got() throws InterruptedException {
    var worker = bench.start(List.of(), "true");
    bench.awaitCall("claim_jobs");
    // The node carries the claim out after the worker has gone: by then only the claim's id can find the job.
    bench.node.on("claim_jobs", call -> {
      bench.offer("{}");
      return bench.claim(call);
    });
    worker.destroy();
    assertThat(worker.waitFor(10, TimeUnit.SECONDS)).isTrue();
    var claims = bench.node.calls("claim_jobs");
    assertThat(claims).hasSize(2);
    assertThat(claims.get(1).input().path("claim_id")).isEqualTo(claims.get(0).input().path("claim_id"));
    assertThat(claims.get(1).input().path("wait_seconds").asInt()).isZero();
    assertThat(bench.node.calls("release_job")).hasSize(1);
    assertThat(bench.node.calls("mark_running_job")).isEmpty();
  }

  @Test
  void a_worker_waits_for_a_node_that_is_away() throws InterruptedException {
    var tries = new java.util.concurrent.atomic.AtomicInteger();
    bench.node.on("claim_jobs", call -> tries.incrementAndGet() < 3 ? null : bench.claim(call));
    bench.offer("{}");
    assertThat(bench.run(List.of("--once"), "true")).isZero();
    assertThat(bench.said()).containsOnlyOnce("worker.claim_delayed").contains("worker.back");
  }
}
