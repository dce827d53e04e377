package io.agentbus.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.testkit.ScriptedNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code agentbus work} makes of jobs, commands and their ends: real processes against a scripted node. */
class WorkTest {
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

  @Test
  void a_command_gets_its_job_and_its_output_is_the_result() throws Exception {
    var id = bench.offer("{\"payload\":{\"a\":1}}");
    assertThat(bench.run(List.of("--namespace", "acme/ops", "--once", "--concurrency", "3", "--tag", "x,y",
        "--capability", "deploy"),
        "sh", "-c", "printf '{\"job\":%s,\"env\":\"%s\"}' \"$(cat)\" "
            + "\"$AGENTBUS_JOB_ID $AGENTBUS_FENCE $AGENTBUS_ATTEMPT $AGENTBUS_NAMESPACE "
            + "$AGENTBUS_URL $AGENTBUS_TOKEN $AGENTBUS_NO_BUILD\""))
        .isZero();
    var done = bench.awaitCall("complete_job");
    assertThat(done.token()).isEqualTo("agent-token");
    assertThat(done.input().path("job_id").asText()).isEqualTo(id);
    assertThat(done.input().path("fence").asLong()).isEqualTo(7);
    assertThat(done.input().at("/result/job/payload/a").asInt()).isEqualTo(1);
    assertThat(done.input().at("/result/env").asText())
        .isEqualTo(id + " 7 2 acme/ops " + bench.node.url() + " agent-token 1");
    assertThat(bench.node.calls("mark_running_job")).hasSize(1);
    assertThat(bench.node.calls("claim_jobs").getFirst().input().path("limit").asInt())
        .as("no more than one job is wanted").isEqualTo(1);
    assertThat(bench.said()).contains(" job.claimed job=" + id + " fence=7 attempt=2").contains(" job.finished ")
        .contains("exit_code=0");
  }

  @Test
  void an_absent_agent_is_registered_once_and_its_token_is_kept() throws Exception {
    bench.offer("{}");
    bench.run(List.of("--namespace", "acme/ops", "--once", "--concurrency", "3", "--tag", "x,y", "--capability",
        "deploy"), "true");
    assertThat(bench.awaitCall("create_join_token").input()).hasToString("{\"namespace\":\"acme/ops\"}");
    var registered = bench.awaitCall("register_agent");
    assertThat(registered.token()).isNull();
    assertThat(registered.input()).hasToString(
        "{\"join_token\":\"join\",\"name\":\"devops\",\"concurrency\":3,\"tags\":[\"x\",\"y\"],"
        + "\"capabilities\":[\"deploy\"]}");
    var kept = folder.resolve("agents/acme+ops/devops.token");
    assertThat(kept).hasContent("agent-token");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept))).isEqualTo("rw-------");
    bench.offer("{}");
    bench.run(List.of("--namespace", "acme/ops", "--once"), "true");
    assertThat(bench.node.calls("register_agent")).hasSize(1);
    assertThat(bench.node.calls("complete_job")).hasSize(2);
  }

  @Test
  void a_token_that_the_node_no_longer_knows_is_replaced() throws Exception {
    Files.createDirectories(folder.resolve("agents/acme+ops"));
    Files.writeString(folder.resolve("agents/acme+ops/devops.token"), "of-an-older-database\n");
    bench.offer("{}");
    assertThat(bench.run(List.of("--namespace", "acme/ops", "--once"), "true")).isZero();
    assertThat(bench.node.calls("register_agent")).hasSize(1);
  }

  @Test
  void a_token_of_the_agent_is_used_as_it_is_and_one_of_another_agent_is_refused() throws Exception {
    bench.offer("{}");
    assertThat(bench.run(List.of("--token", "agent-token", "--once"), "true")).isZero();
    assertThat(bench.node.calls("register_agent")).isEmpty();
    assertThat(bench.run(List.of("--token", "agent-token", "--namespace", "other"), "true")).isEqualTo(5);
    assertThat(bench.said()).contains("is that of agent devops of acme/ops, not of devops of other. [forbidden]");
  }

  @Test
  void an_agent_that_is_registered_elsewhere_is_not_taken_over() throws Exception {
    bench.node.on("register_agent", _ -> ScriptedNode.problem(409, "duplicate_conflict", "There is one.", "{}"));
    assertThat(bench.run(List.of(), "true")).isEqualTo(5);
    assertThat(bench.said()).contains("agentbus rotate-agent-token");
  }

  @Test
  void a_worker_without_a_program_to_run_claims_nothing() throws Exception {
    assertThat(bench.run(List.of(), "no-such-program")).isEqualTo(2);
    assertThat(bench.said()).contains("There is no program 'no-such-program'");
    assertThat(bench.node.calls()).isEmpty();
  }

  @Test
  void exit_codes_complete_release_fail_or_try_again() throws Exception {
    for (var code : List.of(0, 75, 65, 3)) {
      bench.offer("{\"payload\":{\"code\":" + code + "}}");
    }
    bench.run(List.of("--max-jobs", "4"), "sh", "-c",
        "code=$(sed 's/.*\"code\":\\([0-9]*\\).*/\\1/'); echo fine; echo \"it was $code\" >&2; exit $code");
    assertThat(bench.awaitCall("complete_job").input().path("result")).hasToString("{\"stdout\":\"fine\\n\"}");
    assertThat(bench.node.calls("release_job")).hasSize(1);
    assertThat(bench.node.calls("release_job").getFirst().input().path("reason").asText())
        .isEqualTo("exit code 75: it was 75");
    assertThat(bench.node.calls("release_job").getFirst().input().path("delay_seconds").asInt()).isEqualTo(15);
    assertThat(bench.node.calls("fail_job"))
        .extracting(call -> call.input().path("last_error").asText() + " " + call.input().path("retry"))
        .containsExactly("exit code 65: it was 65 false", "exit code 3: it was 3 true");
  }

  @Test
  void output_without_end_is_read_and_its_first_mebibyte_kept() throws Exception {
    bench.offer("{}");
    bench.run(List.of("--once"), "sh", "-c",
        "head -c 5000000 /dev/zero | tr '\\0' '\"'; head -c 3000000 /dev/zero | tr '\\0' e >&2; echo end >&2");
    var result = bench.awaitCall("complete_job").input().path("result");
    assertThat(result.path("note").asText()).isEqualTo("The first part of 5000000 bytes.");
    assertThat(result.toString().length()).isBetween((1 << 20) - 512, 1 << 20);
    bench.offer("{}");
    bench.run(List.of("--once"), "sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' e >&2; echo end >&2; exit 1");
    assertThat(bench.awaitCall("fail_job").input().path("last_error").asText()).startsWith("exit code 1: ...eee")
        .endsWith("eend")
        .hasSizeBetween(3900, 4000);
  }

  @Test
  void a_result_is_kept_up_to_what_the_node_takes() throws Exception {
    for (var limit : List.of(3_000_000, 20_000)) {
      bench.limits("{\"result_bytes\": " + limit + "}");
      bench.offer("{}");
      bench.run(List.of("--once"), "sh", "-c", "head -c 5000000 /dev/zero | tr '\\0' a");
      var result = bench.node.calls("complete_job").getLast().input().path("result");
      assertThat(result.path("note").asText()).isEqualTo("The first part of 5000000 bytes.");
      assertThat(result.toString().length()).isBetween(limit - 512, limit);
    }
  }

  @Test
  void a_result_that_is_json_is_measured_in_bytes() throws Exception {
    bench.limits("{\"result_bytes\": 20000}");
    bench.offer("{}");
    bench.run(List.of("--once"), "sh", "-c", "printf '{\"a\": \"'; for i in $(seq 9000); do printf '\\303\\244'; done; printf '\"}'");
    assertThat(bench.awaitCall("complete_job").input().at("/result/a").asText()).hasSize(9000);
    bench.offer("{}");
    bench.run(List.of("--once"), "sh", "-c", "printf '{\"a\": \"'; for i in $(seq 11000); do printf '\\303\\244'; done; printf '\"}'");
    var cut = bench.node.calls("complete_job").getLast().input().path("result");
    assertThat(cut.path("stdout").asText()).startsWith("{\"a\": \"ää");
    assertThat(cut.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length).isBetween(20_000 - 512, 20_000);
  }

  @Test
  void a_node_that_takes_less_than_it_did_is_given_less() throws Exception {
    bench.limits("{\"result_bytes\": 50000}");
    bench.node.on("complete_job", call -> call.input().path("result").toString().length() <= 10_000 ? ScriptedNode.ok("{\"status\":\"succeeded\"}")
        : ScriptedNode.problem(413, "payload_too_large", "/result is too large.", "{\"pointer\": \"/result\", \"limit\": 10000}"));
    bench.offer("{}");
    bench.run(List.of("--once"), "sh", "-c", "head -c 40000 /dev/zero | tr '\\0' a");
    assertThat(bench.node.calls("complete_job")).hasSize(2);
    var result = bench.node.calls("complete_job").getLast().input().path("result");
    assertThat(result.path("note").asText()).isEqualTo("The first part of 40000 bytes.");
    assertThat(result.path("stdout").asText()).hasSizeBetween(9_000, 10_000);
  }

  @Test
  void a_result_that_the_node_refuses_does_not_undo_the_work() throws Exception {
    bench.node.on("complete_job", call -> call.input().at("/result/refused").isMissingNode()
        ? ScriptedNode.problem(400, "invalid_input", "/result: too deep", "{}")
        : ScriptedNode.ok("{\"status\":\"succeeded\"}"));
    bench.offer("{}");
    bench.run(List.of("--once"), "echo", "{\"a\":1}");
    assertThat(bench.node.calls("complete_job")).hasSize(2);
    assertThat(bench.node.calls("complete_job").getLast().input().at("/result/refused").asText())
        .isEqualTo("/result: too deep");
  }

  @Test
  void a_large_job_is_no_trouble_for_a_command_that_does_not_read_it() throws Exception {
    bench.offer("{\"payload\":\"" + "x".repeat(250_000) + "\"}");
    bench.run(List.of("--once"), "true");
    assertThat(bench.node.calls("complete_job")).hasSize(1);
  }

  @Test
  void as_many_commands_run_at_once_as_there_are_slots() throws Exception {
    for (var job = 0; job < 3; job++) {
      bench.offer("{}");
    }
    // Each waits for the other two: with fewer slots this never ends.
    bench.run(List.of("--concurrency", "3", "--max-jobs", "3"), "sh", "-c",
        "mkdir $DIR/$AGENTBUS_JOB_ID.here; until [ $(ls -d $DIR/*.here | wc -l) = 3 ]; do sleep 0.05; done");
    assertThat(bench.node.calls("complete_job")).hasSize(3);
  }

  @Test
  void a_claim_whose_reply_was_lost_is_asked_again_by_its_id() throws Exception {
    var id = bench.offer("{}");
    var claims = new AtomicInteger();
    bench.node.on("claim_jobs", call -> {
      var answer = bench.claim(call);
      return claims.incrementAndGet() == 1 ? null : answer;
    });
    bench.run(List.of("--once"), "true");
    var asked = bench.node.calls("claim_jobs");
    assertThat(asked).hasSize(2);
    assertThat(asked.get(1).input().path("claim_id")).isEqualTo(asked.get(0).input().path("claim_id"));
    assertThat(bench.node.calls("complete_job")).extracting(call -> call.input().path("job_id").asText())
        .containsExactly(id);
  }

  @Test
  void a_finished_result_is_sent_until_the_node_has_answered() throws Exception {
    var tries = new AtomicInteger();
    bench.node.on("complete_job", _ -> switch (tries.incrementAndGet()) {
      case 1 -> null;
      case 2 -> ScriptedNode.problem(503, "unavailable", "The database is away.", "{}");
      default -> ScriptedNode.ok("{\"status\":\"succeeded\"}");
    });
    bench.offer("{}");
    bench.run(List.of("--once"), "echo", "{\"a\":1}");
    assertThat(bench.node.calls("complete_job")).hasSize(3).extracting(call -> call.input().toString()).containsOnly(
        bench.node.calls("complete_job").getFirst().input().toString());
    assertThat(bench.said()).contains("job.retrying").contains("job.finished");
  }

  @Test
  void a_command_may_close_its_job_itself() throws Exception {
    bench.node.on("complete_job", _ -> ScriptedNode.problem(409, "lease_lost", "It is succeeded.", "{}"));
    bench.node.on("get_job", "{\"status\":\"succeeded\",\"fence\":7}");
    bench.offer("{}");
    assertThat(bench.run(List.of("--once"), "true")).isZero();
    assertThat(bench.said()).contains("job.closed_by_command").doesNotContain("job.lost").doesNotContain("refused");
  }

  @Test
  void a_command_that_has_closed_its_job_may_end_in_its_own_time() throws IOException {
    bench.node.on("renew_job_lease", _ -> ScriptedNode.problem(409, "lease_lost", "It is succeeded.", "{}"));
    bench.node.on("get_job", "{\"status\":\"succeeded\",\"fence\":7}");
    bench.offer("{}");
    var worker = bench.start(List.of("--once", "--lease-seconds", "1"), "sh", "-c",
        "echo $$ > $DIR/pid; until [ -e $DIR/go ]; do sleep 0.05; done; echo ended > $DIR/ended");
    var command = bench.awaitPid("pid");
    bench.awaitCall("get_job");
    assertThat(WorkBench.lives(command)).isTrue();
    Files.createFile(folder.resolve("go"));
    assertThat(worker.onExit().join().exitValue()).isZero();
    assertThat(folder.resolve("ended")).exists();
    assertThat(bench.node.calls("complete_job")).isEmpty();
    assertThat(bench.said()).contains("job.closed_by_command");
  }

  @Test
  void lines_are_json_when_asked() throws Exception {
    bench.offer("{}");
    bench.run(List.of("--once", "--json"), "true");
    assertThat(bench.said().lines())
        .allSatisfy(line -> assertThat(ScriptedNode.tree(line).path("event").asText()).isNotEmpty())
        .anySatisfy(line -> assertThat(ScriptedNode.tree(line).path("verb").asText()).isEqualTo("complete_job"));
  }

  @Test
  void an_agent_that_may_not_claim_ends_with_the_nodes_words() throws Exception {
    bench.node.on("claim_jobs", _ -> ScriptedNode.problem(403, "forbidden", "This agent is disabled.", "{}"));
    assertThat(bench.run(List.of(), "true")).isEqualTo(5);
    assertThat(bench.said()).contains("agentbus: This agent is disabled. [forbidden]");
  }
}
