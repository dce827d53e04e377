package io.agentbus.campaign;

import io.agentbus.agent.Directory;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.inbox.Inbox;
import io.agentbus.job.JobAttempts;
import io.agentbus.job.JobOverrides;
import io.agentbus.job.JobReads;
import io.agentbus.job.Jobs;

/** The services of campaigns on one node, put together. */
public record CampaignServices(Campaigns campaigns, PhaseReports reports, PhaseReruns reruns, CampaignReads reads, CampaignSweeps sweeps,
    CampaignRemovals removals, CampaignAdmissions admissions) {

  /** @param inbox where orchestrators are told */
  public static CampaignServices of(Database database, Directory directory, Jobs jobs, JobAttempts attempts, JobOverrides overrides, WakeUps wakeUps,
      JobReads jobReads, Inbox inbox) {
    var log = new CampaignLog(wakeUps, inbox);
    var runs = new CampaignRuns(jobs, overrides);
    var reads = new CampaignReads(directory, jobReads);
    return new CampaignServices(new Campaigns(directory, reads, runs, log), new PhaseReports(attempts, runs, new CampaignVerdicts(log), log),
        new PhaseReruns(reads, runs, log), reads, new CampaignSweeps(database, log), new CampaignRemovals(database, log),
        new CampaignAdmissions(database));
  }

  /** What carries out the operations. */
  public Object[] all() {
    return new Object[] {campaigns, reports, reruns, reads};
  }
}
