package io.agentbus.campaign;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.db.Tx;
import io.agentbus.job.CompleteJob;
import io.agentbus.job.JobAttempts;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.agentbus.op.RefusalJournal;
import io.agentbus.op.Source;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes the reports of phases. A run is reported once: by its worker with the fence of an attempt at the run's job, by whoever runs the
 * campaign, as from artefacts that a worker left while the bus was away, or by an operator. What is said twice gets the first answer; what is
 * said of a run that was replaced, or of an attempt after which the job was taken again, is refused.
 */
public final class PhaseReports {
  private final JobAttempts attempts;
  private final CampaignRuns runs;
  private final CampaignVerdicts verdicts;
  private final CampaignLog log;

  PhaseReports(JobAttempts attempts, CampaignRuns runs, CampaignVerdicts verdicts, CampaignLog log) {
    this.attempts = attempts;
    this.runs = runs;
    this.verdicts = verdicts;
    this.log = log;
  }

  /** Keeps the report, ends the run's job, begins what waited for it and, with the last one, gives the campaign its verdict: one commit. */
  public ReportedPhase report(Call call, ReportPhase in) {
    var digest = digest(in);
    try {
      return call.sql().inTransaction(tx -> report(call, tx, in, digest));
    } catch (ProblemException problem) {
      // As a verb on an attempt, it tells of a lost lease itself.
      if (problem.code() == ProblemCode.LEASE_LOST && !call.sql().isTransaction()) {
        RefusalJournal.note(call.sql(), call.caller(), "report_phase", null, in.fence(), problem);
      }
      throw problem;
    }
  }

  private ReportedPhase report(Call call, Tx tx, ReportPhase in, byte[] digest) {
    var campaign = OpenCampaign.lock(tx, in.campaignId());
    var phase = campaign == null ? null : PhaseRow.find(tx, in.campaignId(), in.phase());
    // A worker may be walled into its phase's namespace, from which the campaign itself is not seen.
    if (campaign == null || !call.caller().sees(phase == null ? campaign.namespace() : phase.namespace())) {
      throw ProblemException.notFound("campaign", in.campaignId());
    }
    if (phase == null) {
      throw ProblemException.notFound("phase", "'" + in.phase() + "' of campaign " + campaign.id());
    }
    var actor = call.caller().actor();
    if (phase.verdict() != null && Arrays.equals(phase.digest(), digest) && actor.equals(phase.reportedBy())) {
      return new ReportedPhase(campaign.id(), phase.name(), Objects.requireNonNull(phase.run()), in.verdict(), true, phase.stuckAt() != null,
          campaign.status(), CampaignVerdicts.open(tx, campaign));
    }
    judge(call, tx, campaign, phase, in);
    var run = Objects.requireNonNull(phase.run());
    var job = Objects.requireNonNull(phase.jobId());
    var word = in.verdict().name().toLowerCase(Locale.ROOT);
    var landed = tx.run("campaign.land", Tuple.of(campaign.id(), phase.no(), run, word, in.summary(), evidence(in), actor, Buffer.buffer(digest)));
    if (landed.size() == 0) {
      throw notNow(campaign, phase, "is not open");
    }
    keepScenarios(tx, campaign, phase, run, in.evidence());
    endJob(new Call(call.caller(), call.requestId(), tx), phase, job, in, word);
    var late = phase.stuckAt() != null;
    var said = Json.MAPPER.createObjectNode().put("run", run).put("verdict", word).put("late", late);
    log.say(tx, campaign, phase, job, actor, "report_phase", said, "Phase " + phase.name() + " " + word, told(in, said.deepCopy()));
    runs.startNext(tx, call.requestId(), campaign);
    var standing = verdicts.settle(tx, campaign);
    return new ReportedPhase(campaign.id(), phase.name(), run, in.verdict(), false, late, standing.status(), standing.open());
  }

  /** Refuses whoever may not speak for the current run, and what is said of another one. */
  private static void judge(Call call, Tx tx, OpenCampaign campaign, PhaseRow phase, ReportPhase in) {
    var caller = call.caller();
    var trusted = caller.isOperator() || campaign.isRunBy(caller);
    if (!trusted && !caller.isAgent()) {
      throw ProblemException.of(ProblemCode.FORBIDDEN, "A phase is reported by its worker, by whoever runs the campaign, or by an operator; "
          + caller.actor() + " is none of them.");
    }
    if (!trusted && in.fence() == null) {
      throw ProblemException.invalid("/fence", "is required of a phase's worker: that of the attempt, from claim_jobs");
    }
    if (campaign.status() == CampaignStatus.CANCELLED) {
      throw campaign.notNow("report_phase takes a phase of a campaign that was not cancelled");
    }
    if (phase.lastRun() == 0) {
      throw notNow(campaign, phase, "has not begun: it waits for those before it in batch '" + phase.batch() + "'");
    }
    if (in.run() != null && !in.run().equals(phase.run())) {
      throw otherRun(phase, in.run());
    }
    if (in.fence() != null) {
      judgeFence(tx, campaign, phase, in.fence(), trusted ? null : caller.agentNo());
    }
    if (phase.run() == null) {
      throw notNow(campaign, phase, "is to run again and " + turn(phase));
    }
    if (phase.verdict() != null) {
      throw notNow(campaign, phase, "was reported by " + Source.name(Objects.requireNonNull(phase.reportedBy())) + " as " + phase.verdict()
          + ", and only rerun_phase opens it again");
    }
  }

  /** @param agentNo whose attempt it must be; null = anybody's */
  private static void judgeFence(Tx tx, OpenCampaign campaign, PhaseRow phase, long fence, @Nullable Integer agentNo) {
    for (var row : tx.run("campaign.attempt", Tuple.of(campaign.id(), phase.no(), fence))) {
      if (!row.getInteger("run").equals(phase.run())) {
        throw otherRun(phase, row.getInteger("run"));
      }
      if (agentNo != null && !agentNo.equals(row.getInteger("agent_no"))) {
        break;
      }
      if (row.getBoolean("claimed_again")) {
        throw lost(phase, "the job of phase '" + phase.name() + "' was claimed again since fence " + fence);
      }
      return;
    }
    throw lost(phase, "phase '" + phase.name() + "' has no attempt of yours with fence " + fence);
  }

  private static ProblemException otherRun(PhaseRow phase, int named) {
    return lost(phase, "run " + named + " of phase '" + phase.name() + "' " + (named <= phase.lastRun() ? "was replaced" : "has not begun") + "; "
        + (phase.run() == null ? "the next one " + turn(phase) : "the current one is run " + phase.run()));
  }

  private static String turn(PhaseRow phase) {
    return "waits for its turn in batch '" + phase.batch() + "'";
  }

  private static ProblemException lost(PhaseRow phase, String why) {
    return ProblemException.of(ProblemCode.LEASE_LOST, Character.toUpperCase(why.charAt(0)) + why.substring(1) + ".").with("run", phase.run() == null ? phase.lastRun() + 1 : phase.run());
  }

  private static ProblemException notNow(OpenCampaign campaign, PhaseRow phase, String why) {
    return ProblemException.of(ProblemCode.INVALID_TRANSITION, "Phase '" + phase.name() + "' of campaign " + campaign.id() + " " + why + ".");
  }

  /** Completes the job for who holds it, and cancels it otherwise: nobody needs to do it any more. */
  private void endJob(Call call, PhaseRow phase, UUID job, ReportPhase in, String verdict) {
    if (in.fence() != null && isHeld(call, job, in.fence())) {
      try {
        var result = Json.MAPPER.createObjectNode().put("verdict", verdict);
        attempts.complete(call, new CompleteJob(job, in.fence(), result, in.summary(), null, null, null, null, null));
        return;
      } catch (ProblemException problem) {
        // The lease was swept since the look; nothing was written for this, so that the transaction goes on.
        if (problem.code() != ProblemCode.LEASE_LOST) {
          throw problem;
        }
      }
    }
    runs.endJob(call, job, "phase '" + phase.name() + "' was reported as " + verdict);
  }

  /** Whether the caller may complete the job with this fence. */
  private static boolean isHeld(Call call, UUID job, long fence) {
    for (var row : call.sql().run("campaign.held", Tuple.of(job, fence))) {
      return call.caller().isOperator() || row.getInteger("agent_no").equals(call.caller().agentNo());
    }
    return false;
  }

  private static void keepScenarios(Tx tx, OpenCampaign campaign, PhaseRow phase, int run, @Nullable PhaseEvidence evidence) {
    var scenarios = evidence == null || evidence.scenarios() == null ? List.<ScenarioReport>of() : evidence.scenarios();
    if (scenarios.isEmpty()) {
      return;
    }
    var numbers = new Integer[scenarios.size()];
    Arrays.setAll(numbers, i -> i + 1);
    tx.run("campaign.keep_scenarios", Tuple.tuple().addUUID(campaign.id()).addInteger(phase.no()).addInteger(run).addArrayOfInteger(numbers)
        .addArrayOfString(texts(scenarios, ScenarioReport::name)).addArrayOfString(texts(scenarios, one -> one.verdict().name().toLowerCase(Locale.ROOT)))
        .addArrayOfString(texts(scenarios, one -> one.result() == null ? null : Json.text(one.result())))
        .addArrayOfString(texts(scenarios, ScenarioReport::stderr))
        .addArrayOfString(texts(scenarios, one -> one.trace() == null ? null : Json.text(one.trace()))));
  }

  private static String[] texts(List<ScenarioReport> scenarios, Function<ScenarioReport, @Nullable String> get) {
    var texts = new String[scenarios.size()];
    Arrays.setAll(texts, i -> get.apply(scenarios.get(i)));
    return texts;
  }

  /** What the orchestrator is told: the verdict and the figures, not what was captured. */
  private static ObjectNode told(ReportPhase in, ObjectNode said) {
    said.put("summary", in.summary());
    if (in.evidence() != null) {
      said.setAll((ObjectNode) Json.MAPPER.valueToTree(in.evidence().alone()));
    }
    return said;
  }

  private static String evidence(ReportPhase in) {
    return in.evidence() == null ? "{}" : text(in.evidence().alone());
  }

  /** Of all that is said, and for which attempt: two attempts may say the same. */
  private static byte[] digest(ReportPhase in) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text(in).getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private static String text(Object value) {
    try {
      return Json.MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report could not be written as JSON", e);
    }
  }
}
