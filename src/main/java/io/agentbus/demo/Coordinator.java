package io.agentbus.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.client.CallFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Splits the goal into jobs that depend on one another, and clears what the others are stuck on. */
final class Coordinator {
  private final DemoStep step;

  Coordinator(DemoStep step) {
    this.step = step;
  }

  void work() throws CallFailed, IOException {
    switch (step.subject()) {
      case "plan.new" -> plan();
      case "plan.rebalance" -> makeRoom();
      case "blocked.replan" -> decide();
      default -> throw new IllegalArgumentException("the coordinator does not do '" + step.subject() + "'");
    }
  }

  /** One commit: the plan is complete and every job of it is enqueued, or neither. */
  private void plan() throws CallFailed {
    var folder = step.payload().get("folder").asText();
    var input = step.attempt().put("summary", "split the goal into seven jobs of three agents");
    input.putObject("result").put("goal", step.payload().get("goal").asText()).put("jobs", 7);
    var jobs = input.putArray("follow_ups");
    add(jobs, "host", "devops", "infra.check", 200).putObject("payload").put("what", "host").put("folder", folder);
    add(jobs, "database", "devops", "infra.check", 150).putObject("payload").put("what", "database").put("folder", folder);
    var build = add(jobs, "build", "devops", "infra.check", 150);
    build.putObject("payload").put("what", "build").put("folder", folder).put("build", step.payload().get("build").asText());
    // Measures for a while, so that there is time for something to go wrong.
    var disk = add(jobs, "disk", "devops", "service.diagnose", 300);
    disk.put("expected_seconds", 20).putObject("payload").put("what", "disk").put("folder", folder);
    var review = add(jobs, "review", "devops", "deploy.review", 100);
    review.putArray("depends_on").add("build");
    review.putObject("payload").put("what", "release").put("folder", folder);
    var audit = add(jobs, "audit", "auditor", "audit.reconcile", 100);
    audit.putArray("depends_on").add("host").add("database").add("build").add("disk").add("review");
    audit.putObject("payload").put("folder", folder);
    var digest = add(jobs, "digest", "publisher", "digest.publish", 100);
    digest.putArray("depends_on").add("audit");
    digest.putObject("payload").put("folder", folder).put("goal", step.payload().get("goal").asText());
    input.putArray("events").addObject().put("topic", "work.assigned").putObject("payload").put("jobs", 7);
    step.call("complete_job", input);
  }

  /** Removes the cause for which a job failed: the folder its evidence belongs in was not there. */
  private void makeRoom() throws CallFailed, IOException {
    var folder = Files.createDirectories(Path.of(step.payload().get("folder").asText()));
    var result = DemoStep.object().put("made", folder.toString());
    step.complete(result, "made the folder " + folder.getFileName() + ", so that evidence can be kept");
  }

  /** Decides what a blocked job asks for, states the decision as an event, and unblocks the job. */
  private void decide() throws CallFailed {
    var blocked = step.payload().get("job_id").asText();
    var decision = DemoStep.object().put("topic", "decision.made").put("source_job_id", blocked);
    decision.putObject("payload").put("decision", "report only; nothing is deployed").put("for", blocked);
    var event = step.call("emit_event", decision);
    step.call("unblock_job", DemoStep.object().put("job_id", blocked).put("reason", "decided in event " + event.get("id").asText()));
    step.complete(DemoStep.object().put("event_id", event.get("id").asText()), "decided that nothing is deployed, and unblocked " + blocked);
  }

  private static ObjectNode add(ArrayNode jobs, String ref, String agent, String subject, int priority) {
    return jobs.addObject().put("ref", ref).put("target_agent", agent).put("subject", subject).put("priority", priority);
  }
}
