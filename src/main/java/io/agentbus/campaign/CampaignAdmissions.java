package io.agentbus.campaign;

import io.agentbus.db.Sql;
import io.agentbus.job.Job;
import io.vertx.sqlclient.Tuple;

/**
 * Hears which jobs were admitted by the agents to whom the bus brings them, which no lease tells: to bring a job is the bus's doing, and says
 * nothing of its worker.
 */
public final class CampaignAdmissions {
  private final Sql sql;

  CampaignAdmissions(Sql sql) {
    this.sql = sql;
  }

  /** Takes it as a word of the phase's worker; does nothing for jobs of no campaign. */
  public void admitted(Job job) {
    if (CampaignRuns.JOB_TYPE.equals(job.jobType())) {
      sql.run("campaign.admitted", Tuple.of(job.id()));
    }
  }
}
