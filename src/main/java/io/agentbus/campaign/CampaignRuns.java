package io.agentbus.campaign;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.db.Tx;
import io.agentbus.job.EnqueueJob;
import io.agentbus.job.EnqueueJobs;
import io.agentbus.job.JobOverrides;
import io.agentbus.job.JobRef;
import io.agentbus.job.Jobs;
import io.agentbus.job.OverrideJob;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Begins runs of phases, each of which is a job for the phase's worker, and ends the jobs of runs that are over. */
final class CampaignRuns {
  /** Jobs of campaigns are found by it. */
  static final String JOB_TYPE = "campaign.phase";

  private final Jobs jobs;
  private final JobOverrides overrides;

  CampaignRuns(Jobs jobs, JobOverrides overrides) {
    this.jobs = jobs;
    this.overrides = overrides;
  }

  /** Begins every phase that waits for nothing any more: at the start all but those behind others of their batch. */
  void startNext(Tx tx, String requestId, OpenCampaign campaign) {
    start(tx, requestId, campaign, ready(tx, campaign));
  }

  /** The phases that wait for nothing any more. */
  List<PhaseRow> ready(Tx tx, OpenCampaign campaign) {
    return tx.run("campaign.next_phases", Tuple.of(campaign.id())).stream().map(PhaseRow::waiting).toList();
  }

  /** Begins the next run of each of these phases. */
  void start(Tx tx, String requestId, OpenCampaign campaign, List<PhaseRow> phases) {
    if (phases.isEmpty()) {
      return;
    }
    var wanted = phases.stream().map(phase -> job(campaign, phase, phase.lastRun() + 1)).toList();
    var written = jobs.enqueueMany(new Call(campaign.asOrchestrator(), requestId, tx), new EnqueueJobs(wanted)).jobs();
    tx.run("campaign.start_runs", Tuple.tuple().addUUID(campaign.id())
        .addArrayOfInteger(phases.stream().map(PhaseRow::no).toArray(Integer[]::new))
        .addArrayOfInteger(phases.stream().map(phase -> phase.lastRun() + 1).toArray(Integer[]::new))
        .addArrayOfUUID(written.stream().map(job -> job.id()).toArray(UUID[]::new)));
  }

  /** Ends a job that is not needed any more, unless it has ended. */
  void endJob(Call call, UUID job, String reason) {
    if (jobs.get(call, new JobRef(job)).status().ended()) {
      return;
    }
    try {
      overrides.cancel(call, new OverrideJob(job, reason));
    } catch (ProblemException problem) {
      // It ended since the look. Nothing was written for this, so that the transaction goes on.
      if (problem.code() != ProblemCode.INVALID_TRANSITION) {
        throw problem;
      }
    }
  }

  private static EnqueueJob job(OpenCampaign campaign, PhaseRow phase, int run) {
    var template = tree(phase.template());
    var payload = (ObjectNode) template.get("payload");
    payload.putObject("campaign").put("campaign_id", campaign.id().toString()).put("name", campaign.name()).put("phase", phase.name()).put("run", run);
    return new EnqueueJob(phase.namespace().value(), phase.worker(), null, null, template.get("subject").asText(), JOB_TYPE, null,
        number(template, "priority"), null, payload, null, null, "campaign:" + campaign.id(), null, null, null, null, number(template, "max_attempts"),
        number(template, "timeout_seconds"), phase.expectedSeconds(), null);
  }

  /** What is kept of a phase's plan for the jobs of its runs, as JSON. */
  static String template(String campaign, PhasePlan plan) {
    var template = Json.MAPPER.createObjectNode().put("subject", plan.subject() == null ? campaign + ": " + plan.name() : plan.subject());
    template.set("payload", plan.payload() == null ? Json.MAPPER.createObjectNode() : plan.payload());
    return Json.text(template.put("priority", plan.priority()).put("max_attempts", plan.maxAttempts()).put("timeout_seconds", plan.timeoutSeconds()));
  }

  private static @Nullable Integer number(ObjectNode template, String field) {
    return template.path(field).isNumber() ? template.get(field).intValue() : null;
  }

  private static ObjectNode tree(String json) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a phase's template is no JSON", e);
    }
  }
}
