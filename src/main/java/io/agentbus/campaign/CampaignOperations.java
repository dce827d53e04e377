package io.agentbus.campaign;

import io.agentbus.op.Effect;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.op.Route;
import java.util.List;

/** The operations of campaigns. */
public final class CampaignOperations {
  public static final Operation<Campaigns, CreateCampaign, Campaign> CREATE_CAMPAIGN = new Operation<>("create_campaign",
      "Begins a campaign: asks each phase's worker for its job.", Right.ASK, Effect.WRITE, Route.post("/campaigns"), Campaigns.class,
      CreateCampaign.class, Campaign.class, Campaigns::create);
  public static final Operation<PhaseReports, ReportPhase, ReportedPhase> REPORT_PHASE = new Operation<>("report_phase",
      "Says what a phase came to, completes its job and tells the orchestrator, in one commit.", Right.WORK, Effect.WRITE,
      Route.post("/campaigns/{campaign_id}/report"), PhaseReports.class, ReportPhase.class, ReportedPhase.class, PhaseReports::report);
  public static final Operation<CampaignReads, GetCampaign, Campaign> GET_CAMPAIGN = new Operation<>("get_campaign",
      "Answers a campaign with its phases, verdict and timeline, and the evidence page where one is asked for.", Right.READ, Effect.READ,
      Route.get("/campaigns/{campaign_id}"), CampaignReads.class, GetCampaign.class, Campaign.class, CampaignReads::get);
  public static final Operation<CampaignReads, GetPhaseRun, CapturedRun> GET_PHASE_RUN = new Operation<>("get_phase_run",
      "Answers all that a run of a phase captured.", Right.READ, Effect.READ, Route.get("/campaigns/{campaign_id}/run"), CampaignReads.class,
      GetPhaseRun.class, CapturedRun.class, CampaignReads::capture);
  public static final Operation<CampaignReads, ListCampaigns, ListedCampaigns> LIST_CAMPAIGNS = new Operation<>("list_campaigns",
      "Lists campaigns in pages, newest first.", Right.READ, Effect.READ, Route.get("/campaigns"), CampaignReads.class, ListCampaigns.class,
      ListedCampaigns.class, CampaignReads::list);
  public static final Operation<PhaseReruns, RerunPhase, Campaign> RERUN_PHASE = new Operation<>("rerun_phase",
      "Runs one phase again and leaves all others as they are; what the run before came to stays in the evidence.", Right.OPERATE, Effect.WRITE,
      Route.post("/campaigns/{campaign_id}/rerun"), PhaseReruns.class, RerunPhase.class, Campaign.class, PhaseReruns::rerun);
  public static final Operation<Campaigns, DecideCampaign, Campaign> DECIDE_CAMPAIGN = new Operation<>("decide_campaign",
      "Records what is made of the verdict: another tag, a fix, or acceptance.", Right.OPERATE, Effect.WRITE,
      Route.post("/campaigns/{campaign_id}/decide"), Campaigns.class, DecideCampaign.class, Campaign.class, Campaigns::decide);
  public static final Operation<Campaigns, CancelCampaign, Campaign> CANCEL_CAMPAIGN = new Operation<>("cancel_campaign",
      "Ends a campaign without a verdict and cancels the jobs of its open phases.", Right.ASK, Effect.DESTROY,
      Route.post("/campaigns/{campaign_id}/cancel"), Campaigns.class, CancelCampaign.class, Campaign.class, Campaigns::cancel);

  public static final List<Operation<?, ?, ?>> ALL = List.of(CREATE_CAMPAIGN, REPORT_PHASE, GET_CAMPAIGN, GET_PHASE_RUN, LIST_CAMPAIGNS, RERUN_PHASE,
      DECIDE_CAMPAIGN, CANCEL_CAMPAIGN);

  private CampaignOperations() {}
}
