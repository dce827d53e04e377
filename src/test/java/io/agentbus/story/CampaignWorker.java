package io.agentbus.story;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.client.CallFailed;
import io.agentbus.client.NodeClient;
import io.agentbus.client.Refused;
import io.agentbus.client.Trees;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A worker of a campaign as a program of its own: claims its phase, works at it, leaves what came of it in a file, and reports it until the bus
 * has an answer. Arguments: the node's URL, a token, a folder, and how it works: {@code passes}, {@code fails} or {@code scenarios}.
 * A phase is not finished before there is a file {@code go-<group>} in the folder, which stands for the time that it takes.
 */
public final class CampaignWorker {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private final NodeClient node;
  private final Path folder;
  private final String manner;

  private CampaignWorker(NodeClient node, Path folder, String manner) {
    this.node = node;
    this.folder = folder;
    this.manner = manner;
  }

  public static void main(String[] args) throws IOException {
    new CampaignWorker(new NodeClient(URI.create(args[0]), args[1]), Path.of(args[2]), args[3]).work();
  }

  private void work() throws IOException {
    var job = claim();
    var phase = job.at("/payload/campaign/phase").asText();
    call("mark_running_job", attempt(job));
    await(folder.resolve("go-" + job.at("/payload/group").asText()));
    var report = report(job, phase);
    // First of all, so that nothing is lost with the bus.
    Files.writeString(folder.resolve(phase + "-" + job.get("fence") + ".json"), report.toString());
    var answer = call("report_phase", report);
    Files.writeString(folder.resolve("answers"), phase + " " + answer + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private JsonNode claim() {
    while (true) {
      try {
        var jobs = node.call("claim_jobs", Trees.MAPPER.createObjectNode().put("wait_seconds", 10).put("lease_seconds", 600), PATIENCE).get("jobs");
        if (!jobs.isEmpty()) {
          return jobs.get(0);
        }
      } catch (CallFailed away) {
        pause();
      }
    }
  }

  /** Calls until there is an answer; a refusal that will stay is one. */
  private String call(String operation, ObjectNode input) {
    while (true) {
      try {
        node.call(operation, input, PATIENCE);
        return "taken";
      } catch (Refused refused) {
        if (!refused.transientRefusal()) {
          return refused.code();
        }
        pause();
      } catch (CallFailed away) {
        pause();
      }
    }
  }

  private static ObjectNode attempt(JsonNode job) {
    return Trees.MAPPER.createObjectNode().put("job_id", job.get("id").asText()).put("fence", job.get("fence").asLong());
  }

  private ObjectNode report(JsonNode job, String phase) throws IOException {
    var report = Trees.MAPPER.createObjectNode().put("campaign_id", job.at("/payload/campaign/campaign_id").asText()).put("phase", phase)
        .put("fence", job.get("fence").asLong()).put("verdict", manner.equals("fails") ? "failed" : "passed");
    var evidence = report.putObject("evidence").put("run_url", "https://ci.example/" + phase);
    switch (manner) {
      case "scenarios" -> scenarios(evidence, phase);
      case "fails" -> {
        report.put("summary", "the daemon does not start");
        evidence.put("channel", job.at("/payload/channel").asText()).put("passed", 4).put("failed", 1);
      }
      default -> evidence.put("duration_minutes", 1.5);
    }
    return report;
  }

  /** Twelve, each of which needs what the one before left. */
  private void scenarios(ObjectNode evidence, String phase) throws IOException {
    var state = folder.resolve(phase + ".state");
    var captured = evidence.putArray("scenarios");
    for (var number = 1; number <= 12; number++) {
      var before = Files.exists(state) ? Files.readAllLines(state).size() : 0;
      Files.writeString(state, number + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      var one = captured.addObject().put("name", "S" + number).put("verdict", before == number - 1 ? "passed" : "failed").put("stderr", "step " + number);
      one.putObject("result").put("before", before);
      one.putObject("trace").put("host", phase);
    }
  }

  private static void await(Path file) {
    while (!Files.exists(file)) {
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  private static void pause() {
    LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
  }
}
