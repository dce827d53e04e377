package io.agentbus.campaign;

import io.agentbus.db.Tx;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Objects;

/** Runs one phase again, alone: the next run takes the place of the current one, which stays in the evidence. */
public final class PhaseReruns {
  private final CampaignReads reads;
  private final CampaignRuns runs;
  private final CampaignLog log;

  PhaseReruns(CampaignReads reads, CampaignRuns runs, CampaignLog log) {
    this.reads = reads;
    this.runs = runs;
    this.log = log;
  }

  /**
   * Replaces the current run. The worker of the one before hears {@code lease_lost} if it still works, and a campaign that had its verdict is
   * open again. While another phase of its batch is at work the next run waits for its turn, and a warning says so.
   */
  public Campaign rerun(Call call, RerunPhase in) {
    return call.sql().inTransaction(tx -> {
      var campaign = OpenCampaign.lock(tx, call.caller(), in.campaignId());
      var phase = PhaseRow.find(tx, campaign.id(), in.phase());
      if (phase == null) {
        throw ProblemException.notFound("phase", "'" + in.phase() + "' of campaign " + campaign.id());
      }
      // Said again of a run that was replaced by the first time.
      var waits = in.run() != null && isReplaced(phase, in.run()) ? phase.run() == null : replace(call, tx, campaign, phase, in);
      var now = reads.changed(tx, call.caller(), campaign.id());
      return waits ? now.warned(List.of("phase '" + phase.name() + "' waits for its turn in batch '" + phase.batch() + "'")) : now;
    });
  }

  private static boolean isReplaced(PhaseRow phase, int run) {
    return run < phase.lastRun() || run == phase.lastRun() && phase.run() == null;
  }

  /** @return whether the next run waits for its turn */
  private boolean replace(Call call, Tx tx, OpenCampaign campaign, PhaseRow phase, RerunPhase in) {
    if (campaign.status() == CampaignStatus.CANCELLED) {
      throw campaign.notNow("rerun_phase takes a phase of a campaign that was not cancelled");
    }
    if (phase.run() == null || in.run() != null && in.run() > phase.run()) {
      throw ProblemException.of(ProblemCode.INVALID_TRANSITION, "Phase '" + phase.name() + "' of campaign " + campaign.id() + " has not begun run "
          + (phase.run() == null ? phase.lastRun() + 1 : in.run()) + " yet, so there is nothing to run again.");
    }
    if (phase.run() >= CampaignLimits.RUNS) {
      throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, "Phase '" + phase.name() + "' has had " + CampaignLimits.RUNS
          + " runs, which is the most; create another campaign for it.");
    }
    var actor = call.caller().actor();
    var reopened = campaign.status() != CampaignStatus.OPEN;
    if (reopened) {
      reopen(tx, campaign);
    }
    var job = Objects.requireNonNull(phase.jobId());
    tx.run("campaign.replace_run", Tuple.of(campaign.id(), phase.no(), phase.run(), actor, in.reason()));
    runs.endJob(new Call(call.caller(), call.requestId(), tx), job, "run " + phase.run() + " of phase '" + phase.name() + "' was replaced");
    var ready = runs.ready(tx, campaign);
    var waits = ready.stream().noneMatch(one -> one.no() == phase.no());
    var detail = Json.MAPPER.createObjectNode().put("run", phase.run() + 1).put("replaces", phase.run()).put("reopens", reopened).put("waits", waits)
        .put("reason", in.reason());
    log.say(tx, campaign, phase, job, actor, "rerun_phase", detail, "Phase " + phase.name() + " runs again");
    runs.start(tx, call.requestId(), campaign, ready);
    return waits;
  }

  private static void reopen(Tx tx, OpenCampaign campaign) {
    OpenCampaign.holdNamespace(tx, campaign.namespaceId());
    if (tx.run("campaign.reopen", Tuple.of(campaign.id())).size() == 0) {
      throw ProblemException.of(ProblemCode.DUPLICATE_CONFLICT, "Another campaign '" + campaign.name() + "' is open in " + campaign.namespace()
          + "; this one cannot be open beside it.");
    }
    campaign.refuseOneTooMany(tx);
  }
}
