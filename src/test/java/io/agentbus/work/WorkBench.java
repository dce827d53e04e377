package io.agentbus.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.AgentBus;
import io.agentbus.testkit.ScriptedNode;
import io.agentbus.testkit.ScriptedNode.Received;
import io.agentbus.testkit.ScriptedNode.Said;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A scripted node with a queue of jobs, and real worker processes beside it. */
final class WorkBench implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(20);
  final ScriptedNode node = new ScriptedNode();
  final Path folder;
  private final BlockingQueue<ObjectNode> queue = new LinkedBlockingQueue<>();
  /** Leases by claim id, for a claim that is repeated. */
  private final Map<String, List<ObjectNode>> leases = new ConcurrentHashMap<>();
  private final List<Process> workers = new ArrayList<>();
  private final Path log;

  WorkBench(Path folder) {
    this.folder = folder;
    this.log = folder.resolve("worker.log");
    limits("{}");
    node.on("create_join_token", "{\"join_token\":\"join\"}");
    node.on("register_agent", "{\"agent\":{\"name\":\"devops\"},\"agent_token\":\"agent-token\"}");
    node.on("claim_jobs", this::claim);
    node.on("mark_running_job", "{\"status\":\"running\"}");
    node.on("renew_job_lease",
        "{\"leased_until\":\"2030-01-01T00:00:00Z\",\"cancel_requested\":false,\"messages\":0}");
    node.on("complete_job", "{\"status\":\"succeeded\"}");
    node.on("fail_job", "{\"status\":\"queued\"}");
    node.on("release_job", "{\"status\":\"queued\"}");
  }

  /** What the node says that it takes, as JSON; {@code {}} is what one of an older release says. */
  void limits(String limits) {
    node.on("whoami", call -> switch (call.token()) {
      case "operator" -> ScriptedNode.ok("{\"name\":\"operator\",\"kind\":\"operator\",\"namespace\":\"default\",\"rights\":[\"operate\"],"
          + "\"limits\":" + limits + "}");
      case "agent-token" -> ScriptedNode.ok("{\"name\":\"devops\",\"kind\":\"agent\",\"namespace\":\"acme/ops\",\"rights\":[\"work\"],"
          + "\"limits\":" + limits + "}");
      default -> ScriptedNode.problem(401, "unauthenticated", "No such token.", "{}");
    });
  }

  /** Puts a job in the queue; {@code more} are further fields, as JSON. Returns its id. */
  String offer(String more) {
    var job = (ObjectNode) ScriptedNode.tree(more);
    var id = "0198f3c2-0000-7000-8000-%012d".formatted(queue.size() + leases.size() + 1);
    job.put("id", id).put("fence", 7).put("attempt_count", 2).put("namespace", "acme/ops").put("subject", "a.test");
    queue.add(job);
    return id;
  }

  /** What a node does: waits for jobs, and answers a repeated claim with the leases it has already opened. */
  Said claim(Received call) {
    var jobs = leases.computeIfAbsent(call.input().path("claim_id").asText(), _ -> new ArrayList<>());
    try {
      if (jobs.isEmpty()) {
        var first = queue.poll(call.input().path("wait_seconds").asInt(), TimeUnit.SECONDS);
        if (first != null) {
          jobs.add(first);
          queue.drainTo(jobs, call.input().path("limit").asInt() - 1);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    var answer = (ObjectNode) ScriptedNode.tree("{}");
    answer.putArray("jobs").addAll(jobs);
    return new Said(200, answer);
  }

  /**
   * Starts a worker of agent devops; {@code args} go between its name and its flags, then the command after two dashes.
   */
  Process start(List<String> flags, String... command) {
    var line = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(),
        "-XX:TieredStopAtLevel=1", "-cp",
        System.getProperty("java.class.path"), AgentBus.class.getName(), "work", "--agent", "devops"));
    line.addAll(flags);
    line.add("--");
    line.addAll(List.of(command));
    try {
      var builder = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
          .redirectOutput(ProcessBuilder.Redirect.DISCARD);
      builder.environment().putAll(Map.of("AGENTBUS_URL", node.url().toString(), "AGENTBUS_TOKEN", "operator",
          "AGENTBUS_HOME", folder.toString(), "DIR", folder.toString()));
      var worker = builder.start();
      workers.add(worker);
      return worker;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a worker to its end. Returns its exit code. */
  int run(List<String> flags, String... command) throws InterruptedException {
    var worker = start(flags, command);
    assertThat(worker.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).as("the worker ends; it said:\n" + said()).isTrue();
    return worker.exitValue();
  }

  /** Waits until the worker has logged such a line. */
  void awaitLine(Predicate<String> wanted) {
    await().atMost(LONG).untilAsserted(() -> assertThat(said().lines()).anyMatch(wanted));
  }

  /** Waits for a file that a command writes, and returns the process id in it. */
  long awaitPid(String file) {
    var path = folder.resolve(file);
    await().atMost(LONG).until(() -> Files.exists(path) && Files.readString(path).endsWith("\n"));
    try {
      return Long.parseLong(Files.readString(path).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until a verb was called, and returns the first call. */
  Received awaitCall(String verb) {
    await().atMost(LONG).untilAsserted(() -> assertThat(node.calls(verb)).as("worker said:\n" + said()).isNotEmpty());
    return node.calls(verb).getFirst();
  }

  /** Everything that workers wrote to stderr. */
  String said() {
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean lives(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  @Override
  public void close() {
    for (var worker : workers) {
      worker.descendants().forEach(ProcessHandle::destroyForcibly);
      worker.destroyForcibly();
      worker.onExit().join();
    }
    node.close();
  }
}
