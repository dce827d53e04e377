package io.agentbus.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.client.CallFailed;
import io.agentbus.client.NodeClient;
import io.agentbus.demo.DemoProcesses.RunningNode;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The plot: registers the agents, starts their workers, states the goal, kills one worker, and tells what happens until all has ended. */
final class DemoStory {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final long LOOK_MILLIS = 200;
  /** After so many looks in a row at which nothing moved, nothing will. */
  private static final int QUIET_LOOKS = 50;
  private static final int LEASE_SECONDS = 3;

  private final DemoProcesses processes;
  private final RunningNode node;
  private final Path databaseUrlFile;
  private final String namespace;
  private final Path folder;
  private final PrintStream out;
  private final NodeClient operator;
  private final long begun = System.nanoTime();
  private final List<Process> devops = new ArrayList<>();
  private final Map<String, String> seen = new HashMap<>();
  private boolean killed;
  private int quietLooks;

  DemoStory(DemoProcesses processes, RunningNode node, String operatorToken, Path databaseUrlFile, String namespace, Path folder, PrintStream out) {
    this.processes = processes;
    this.node = node;
    this.databaseUrlFile = databaseUrlFile;
    this.namespace = namespace;
    this.folder = folder;
    this.out = out;
    this.operator = new NodeClient(URI.create(node.url()), operatorToken);
  }

  /** Plays the story to its end. @return the digest's path */
  Path play(Path build) throws CallFailed, IOException, InterruptedException {
    startWorkers();
    tell("five workers of four agents wait for work: coordinator, auditor, publisher, and devops twice");
    var goal = DemoStep.object().put("namespace", namespace).put("target_agent", "coordinator").put("subject", "plan.new");
    goal.putObject("payload").put("goal", "is this machine fit to run the bus?").put("folder", folder.toString()).put("build", build.toString());
    operator.call("enqueue_job", goal, PATIENCE);
    tell("the goal is enqueued: is this machine fit to run the bus?");
    var deadline = System.nanoTime() + LIMIT.toNanos();
    while (!look()) {
      if (System.nanoTime() > deadline) {
        throw new IOException("the jobs did not end within " + LIMIT.toSeconds() + " s; the logs are in " + folder);
      }
      if (node.process().waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new IOException("the node ended with exit code " + node.process().exitValue() + "; its log is in " + folder);
      }
    }
    return folder.resolve("digest.md");
  }

  private void startWorkers() throws CallFailed, IOException {
    for (var agent : List.of("coordinator", "auditor", "publisher", "devops")) {
      var join = operator.call("create_join_token", DemoStep.object().put("namespace", namespace), PATIENCE).get("join_token").asText();
      var registration = DemoStep.object().put("join_token", join).put("name", agent).put("concurrency", agent.equals("devops") ? 2 : 1);
      var token = new NodeClient(URI.create(node.url()), null).call("register_agent", registration, PATIENCE).get("agent_token").asText();
      var copies = agent.equals("devops") ? 2 : 1;
      for (var i = 1; i <= copies; i++) {
        var environment = Map.of("AGENTBUS_URL", node.url(), "AGENTBUS_TOKEN", token, "AGENTBUS_HOME", folder.toString(), "DEMO_DATABASE_URL_FILE",
            databaseUrlFile.toString());
        var worker = processes.worker(agent, agent + (copies > 1 ? "-" + i : "") + ".log", List.of("--namespace", namespace, "--lease-seconds",
            String.valueOf(LEASE_SECONDS)), environment);
        if (agent.equals("devops")) {
          devops.add(worker);
        }
      }
    }
  }

  /** Looks at all jobs once and tells what changed; answers whether nothing moves any more. */
  private boolean look() throws CallFailed {
    var jobs = operator.call("list_jobs", DemoStep.object().put("namespace", namespace).put("limit", 100), PATIENCE).get("items");
    var active = 0;
    var waiting = 0;
    for (var i = jobs.size() - 1; i >= 0; i--) {
      var job = jobs.get(i);
      var status = job.get("status").asText();
      var now = status + "/" + job.get("attempt_count").asInt();
      if (!now.equals(seen.put(job.get("id").asText(), now))) {
        tell(job);
      }
      killOnce(job);
      active += List.of("queued", "leased", "running").contains(status) ? 1 : 0;
      waiting += status.equals("waiting") ? 1 : 0;
    }
    // What waits is decided in a commit of its own after its dependency ended: for a moment nothing else moves.
    quietLooks = active == 0 ? quietLooks + 1 : 0;
    return active == 0 && (waiting == 0 || quietLooks > QUIET_LOOKS);
  }

  private void killOnce(JsonNode job) {
    if (killed || !job.get("subject").asText().equals("service.diagnose") || !job.path("progress").has("pid")) {
      return;
    }
    var pid = job.get("progress").get("pid").asLong();
    for (var worker : devops) {
      if (worker.descendants().anyMatch(process -> process.pid() == pid)) {
        killed = true;
        DemoProcesses.crash(worker);
        tell("kill -9 of the devops worker (process " + worker.pid() + ") in the middle of " + words(job) + "; its lease of " + LEASE_SECONDS
            + " s will end");
        return;
      }
    }
  }

  private void tell(JsonNode job) {
    var status = job.get("status").asText();
    switch (status) {
      case "succeeded" -> tell(words(job) + " succeeded: " + job.get("summary").asText(""));
      case "blocked" -> tell(words(job) + " is blocked: " + job.get("blocked_reason").asText() + "; needs " + job.get("needs_from").asText("somebody"));
      case "failed", "dead", "cancelled" -> tell(words(job) + " ended " + status + ": " + job.get("last_error").asText(""));
      case "queued" -> {
        if (!job.get("last_error").isNull()) {
          tell(words(job) + " will be tried again: " + job.get("last_error").asText().lines().findFirst().orElse(""));
        }
      }
      default -> {
        // Waiting, leased and running are the quiet part of the story.
      }
    }
  }

  private static String words(JsonNode job) {
    var what = ((ObjectNode) job).path("payload").path("what").asText("");
    return job.get("target_agent").asText() + "'s " + job.get("subject").asText() + (what.isEmpty() ? "" : " (" + what + ")");
  }

  private void tell(String text) {
    out.printf(Locale.ROOT, "%5.1f s  %s%n", (System.nanoTime() - begun) / 1e9, text);
    out.flush();
  }
}
