package io.agentbus.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.client.CallFailed;
import java.util.ArrayList;
import java.util.List;

/** Checks leases, attempts and the journal through the bus itself, before anything is published. */
final class Auditor {
  private final DemoStep step;

  Auditor(DemoStep step) {
    this.step = step;
  }

  void work() throws CallFailed {
    var findings = new ArrayList<String>();
    var jobs = 0;
    var attempts = 0;
    var uncounted = 0;
    for (var job : step.call("list_jobs", DemoStep.object().put("limit", 500)).get("items")) {
      if (job.get("id").asText().equals(step.id())) {
        continue;
      }
      var timeline = step.call("job_timeline", DemoStep.object().put("job_id", job.get("id").asText()));
      jobs++;
      check(timeline, findings);
      for (var attempt : timeline.get("attempts")) {
        attempts++;
        uncounted += attempt.get("counted").asBoolean() ? 0 : 1;
      }
    }
    var journal = step.call("verify_journal", DemoStep.object());
    if (!journal.get("ok").asBoolean()) {
      findings.add("the journal does not verify: " + journal.get("first_bad"));
    }
    if (!findings.isEmpty()) {
      step.call("fail_job", step.attempt().put("last_error", String.join("; ", findings)));
      return;
    }
    var result = DemoStep.object().put("jobs", jobs).put("attempts", attempts).put("uncounted_attempts", uncounted)
        .put("journal_rows_checked", journal.get("checked").asLong());
    step.complete(result, "audit: " + jobs + " jobs, " + attempts + " attempts, fences only grew, no attempt open behind an ended job,"
        + " seals of " + journal.get("checked").asLong() + " journal rows verified");
  }

  private static void check(JsonNode timeline, List<String> findings) {
    var job = timeline.get("job");
    var ended = List.of("succeeded", "failed", "dead", "cancelled").contains(job.get("status").asText());
    var fence = 0L;
    for (var attempt : timeline.get("attempts")) {
      if (attempt.get("fence").asLong() <= fence) {
        findings.add("the fences of " + job.get("id").asText() + " do not grow");
      }
      fence = attempt.get("fence").asLong();
      if (ended && attempt.get("finished_at").isNull()) {
        findings.add("an attempt of " + job.get("id").asText() + " is open though the job has ended");
      }
    }
    var before = "null";
    for (var change : timeline.get("changes")) {
      if (change.get("to").isNull()) {
        continue;
      }
      if (!change.get("from").asText("null").equals(before)) {
        findings.add("the journal of " + job.get("id").asText() + " jumps from " + before + " to " + change.get("from").asText("null"));
      }
      before = change.get("to").asText();
    }
  }
}
