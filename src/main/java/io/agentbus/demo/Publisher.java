package io.agentbus.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.client.CallFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;

/** Writes the digest: Markdown in which every claim cites the job or event that it comes from. */
final class Publisher {
  private final DemoStep step;

  Publisher(DemoStep step) {
    this.step = step;
  }

  void work() throws CallFailed, IOException {
    var lines = new ArrayList<String>();
    lines.add("# Digest: " + step.payload().get("goal").asText());
    lines.add("");
    lines.add("Written by the publisher (job " + step.id() + "). Every claim names the job or event that proves it.");
    lines.add("");
    lines.add("## Found");
    lines.add("");
    var jobs = step.call("list_jobs", DemoStep.object().put("status", "succeeded").put("limit", 500)).get("items");
    for (var job : oldestFirst(jobs)) {
      if (!job.get("summary").isNull()) {
        lines.add("- " + job.get("summary").asText() + " [job " + job.get("id").asText() + "]");
      }
    }
    lines.add("");
    lines.add("## What went wrong, and how it went on");
    lines.add("");
    for (var job : oldestFirst(jobs)) {
      for (var attempt : step.call("job_timeline", DemoStep.object().put("job_id", job.get("id").asText())).get("attempts")) {
        var status = attempt.get("status").asText();
        if (!status.equals("succeeded")) {
          lines.add("- " + job.get("subject").asText() + ", fence " + attempt.get("fence").asLong() + ", ended " + status
              + reason(attempt) + "; the job succeeded later [job " + job.get("id").asText() + "]");
        }
      }
    }
    lines.add("");
    lines.add("## Said");
    lines.add("");
    for (var topic : new String[] {"work.assigned", "infra.checked", "decision.made"}) {
      for (var event : step.call("list_events", DemoStep.object().put("topic", topic).put("limit", 100)).get("items")) {
        lines.add("- " + event.get("source_agent").asText() + " said " + topic + " [event " + event.get("id").asText() + "]");
      }
    }
    var digest = Path.of(step.payload().get("folder").asText()).resolve("digest.md");
    Files.write(digest, lines);
    var input = step.attempt().put("summary", "digest of " + lines.size() + " lines");
    input.putObject("result").put("digest", digest.toString());
    input.putArray("events").addObject().put("topic", "digest.ready").putObject("payload").put("digest", digest.toString());
    step.call("complete_job", input);
  }

  private static String reason(JsonNode attempt) {
    return attempt.get("error").isNull() ? "" : " (" + attempt.get("error").asText().lines().findFirst().orElse("") + ")";
  }

  private static Iterable<JsonNode> oldestFirst(JsonNode jobs) {
    var list = new ArrayList<JsonNode>();
    jobs.forEach(list::addFirst);
    return list;
  }
}
