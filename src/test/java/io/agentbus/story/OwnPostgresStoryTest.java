package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.client.CallFailed;
import io.agentbus.client.Refused;
import io.agentbus.config.DatabaseUrl;
import io.agentbus.testkit.HttpCaller;
import io.agentbus.testkit.JavaProgram;
import io.agentbus.testkit.NodeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node as people start it, with a Postgres of its own: stops, kills, and the loss of that Postgres. */
@Timeout(180)
class OwnPostgresStoryTest {
  @TempDir
  static Path folder;
  private static NodeProcess node;

  @BeforeAll
  static void start() {
    node = NodeProcess.alone(folder, "own", "--set", "verticles.heartbeat.presence-every=200ms");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** Promise: a home holds one node, and who starts a second is told which process has it. */
  @Test
  void a_second_node_on_one_home_is_refused_and_told_which_process_has_it() {
    var second = JavaProgram.start(folder, "second", Map.of(),
        List.of("up", "--home", node.home().folder().toString(), "--port", "0"));
    assertThat(second.awaitExit()).isNotZero();
    assertThat(second.complained()).contains("process " + node.program().pid()).contains("--home");
    assertThat(second.said()).isEmpty();
    assertThat(node.operator().call("whoami", "{}").get("kind").asText()).isEqualTo("operator");
  }

  /** Promise: a killed node loses nothing, and the next start in its home is the same node again. */
  @Test
  void a_killed_node_comes_back_with_its_port_its_token_its_postgres_and_its_jobs() {
    var job = enqueue();
    var token = node.operatorToken();
    var url = node.url();
    var postgres = postmaster();
    node.kill9();
    assertThat(ProcessHandle.of(postgres)).as("its Postgres lives on").isPresent();
    node.up();
    assertThat(node.url()).isEqualTo(url);
    assertThat(node.operatorToken()).isEqualTo(token);
    assertThat(postmaster()).isEqualTo(postgres);
    assertThat(statusAtNode(job)).isEqualTo("queued");
  }

  /** Promise: told to stop, a node answers everyone, stops its Postgres and ends; nothing that was accepted is lost. */
  @Test
  void a_node_told_to_stop_answers_those_who_wait_and_ends_within_seconds() throws Exception {
    var agent = node.caller(node.registerAgent("default", "waiting", 0));
    var job = enqueue();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = threads.submit(() -> outcome(agent, "claim_jobs", "{\"wait_seconds\": 60}"));
      // Its claim has come in: that is when an agent was last seen.
      await().atMost(JavaProgram.LONG).until(() -> node.truth().holds("""
          EXISTS (SELECT FROM agent_presence JOIN agents USING (agent_no)
                  WHERE name = 'waiting' AND last_heartbeat_at IS NOT NULL)"""));
      var started = System.nanoTime();
      var exit = node.stop();
      assertThat(exit).as("the exit code of SIGTERM").isIn(0, 128 + 15);
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(15));
      assertThat(waiting.get(1, TimeUnit.SECONDS)).as("an answer, not a broken connection")
          .isIn("answered", "unavailable");
    }
    assertThat(node.home().postgres().resolve("data/postmaster.pid")).as("of its Postgres").doesNotExist();
    assertThat(node.home().nodeUrl()).doesNotExist();
    assertThat(node.program().complained()).doesNotContain("did not stop cleanly");
    node.up();
    assertThat(statusAtNode(job)).isEqualTo("queued");
  }

  /** Promise: when the node's Postgres dies, callers are told to try again, and the node mends it by itself. */
  @Test
  void the_node_brings_its_postgres_up_again_when_that_was_killed() {
    var job = enqueue();
    var killed = postmaster();
    ProcessHandle.of(killed).orElseThrow().destroyForcibly();
    var outcomes = new ArrayList<String>();
    await().atMost(JavaProgram.LONG).pollInterval(Duration.ofMillis(20)).until(() -> {
      var outcome = outcome(node.operator(), "enqueue_job", "{\"subject\": \"again\", \"target_agent\": \"nobody\"}");
      outcomes.add(outcome);
      return outcome.equals("answered") && postmaster() != killed;
    });
    assertThat(outcomes).contains("unavailable").containsOnly("unavailable", "answered");
    assertThat(statusAtNode(job)).isEqualTo("queued");
  }

  /** Promise: a foreign program on its Postgres's port costs a node that port, and nothing else. */
  @Test
  void the_node_follows_its_postgres_to_another_port_when_a_foreign_program_took_the_one_it_had() throws IOException {
    var job = enqueue();
    var before = DatabaseUrl.of(Files.readString(node.home().databaseUrl()).strip());
    try (var foreign = takePort(before.port())) {
      await().atMost(JavaProgram.LONG).until(() -> "answered".equals(
          outcome(node.operator(), "enqueue_job", "{\"subject\": \"moved\", \"target_agent\": \"nobody\"}")));
      var now = DatabaseUrl.of(Files.readString(node.home().databaseUrl()).strip());
      assertThat(now.port()).isNotEqualTo(foreign.getLocalPort());
      assertThat(statusAtNode(job)).isEqualTo("queued");
      assertThat(node.program().complained()).contains("another program has taken port " + before.port());
    }
  }

  /** Kills the Postgres until this process is quicker than the node to listen where it did. */
  private static ServerSocket takePort(int port) {
    var killed = new AtomicLong();
    return await().atMost(JavaProgram.LONG).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() -> {
      if (postmaster() != killed.get()) {
        killed.set(postmaster());
        ProcessHandle.of(killed.get()).ifPresent(ProcessHandle::destroyForcibly);
      }
      try {
        return new ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
      } catch (BindException taken) {
        return null;
      }
    }, Objects::nonNull);
  }

  /** How a call ended: answered, the code of its refusal, or what broke. */
  private static String outcome(HttpCaller caller, String operation, String input) {
    try {
      caller.tryCall(operation, input, null);
      return "answered";
    } catch (Refused refusal) {
      return refusal.code();
    } catch (CallFailed e) {
      return e.getMessage();
    }
  }

  private static String enqueue() {
    return node.enqueue("\"target_agent\": \"nobody\"");
  }

  private static String statusAtNode(String job) {
    return node.operator().call("get_job", "{\"job_id\": \"" + job + "\"}").get("status").asText();
  }

  /** The process id of the home's Postgres. */
  private static long postmaster() {
    try {
      return Long.parseLong(Files.readAllLines(node.home().postgres().resolve("data/postmaster.pid")).getFirst());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
