package io.agentbus.campaign;

import io.agentbus.db.Database;
import io.agentbus.op.Json;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds the runs of phases that nobody hears of: silent for twice the expected time since their worker's last word, or with a job that ended
 * without a report. Each silence is said once, and so is its end; several nodes may look at once.
 */
public final class CampaignSweeps {
  private final Database database;
  private final CampaignLog log;

  CampaignSweeps(Database database, CampaignLog log) {
    this.database = database;
    this.log = log;
  }

  /**
   * One look.
   *
   * @param limit runs marked at most
   * @param outageAfterSeconds a longer time in which no node looked is not charged to the workers
   * @param graceSeconds given to them on top, so that they can come back
   * @return how many were found
   */
  public int sweep(int limit, double outageAfterSeconds, double graceSeconds) {
    // First of all: whoever spoke before an outage is not stuck, and the outage not charged to him.
    database.run("campaign.heard_again", Tuple.of(limit)).forEach(this::clear);
    var clock = database.run("campaign.sweep_clock", Tuple.of(outageAfterSeconds, graceSeconds)).iterator().next();
    if (!clock.getBoolean("watching")) {
      return 0;
    }
    var found = 0;
    for (var row : database.run("campaign.silent", Tuple.of(limit))) {
      mark(row);
      found++;
    }
    return found;
  }

  private void mark(Row row) {
    var id = row.getUUID("campaign_id");
    database.inTransaction(tx -> {
      var campaign = OpenCampaign.lock(tx, id);
      if (campaign == null) {
        return null;
      }
      var run = row.getInteger("run");
      UUID job = row.getUUID("job_id");
      var reason = reason(row.getString("ended"), row.getString("error"), row.getInteger("expected_seconds"), row.getBoolean("held"));
      for (var marked : tx.run("campaign.mark_stuck", Tuple.of(id, row.getInteger("phase_no"), run, reason))) {
        var phase = PhaseRow.find(tx, id, marked.getString("name"));
        if (phase != null) {
          var detail = Json.MAPPER.createObjectNode().put("run", run).put("worker", phase.worker()).put("reason", reason);
          log.note(tx, campaign, phase, job, CampaignLog.BUS, "phase_stuck", detail.deepCopy());
          log.tell(tx, campaign, CampaignLog.BUS, job, "Phase " + phase.name() + " is stuck", detail.put("phase", phase.name()));
        }
      }
      return null;
    });
  }

  private void clear(Row row) {
    var id = row.getUUID("campaign_id");
    database.inTransaction(tx -> {
      var campaign = OpenCampaign.lock(tx, id);
      if (campaign == null) {
        return null;
      }
      var run = row.getInteger("run");
      UUID job = row.getUUID("job_id");
      for (var cleared : tx.run("campaign.clear_stuck", Tuple.of(id, row.getInteger("phase_no"), run))) {
        var phase = PhaseRow.find(tx, id, cleared.getString("name"));
        if (phase != null) {
          var detail = Json.MAPPER.createObjectNode().put("run", run).put("worker", phase.worker());
          log.note(tx, campaign, phase, job, CampaignLog.BUS, "phase_heard", detail.deepCopy());
          log.tell(tx, campaign, CampaignLog.BUS, job, "Phase " + phase.name() + " is heard of again", detail.put("phase", phase.name()));
        }
      }
      return null;
    });
  }

  private static String reason(@Nullable String ended, @Nullable String error, int expectedSeconds, boolean held) {
    if (ended != null) {
      return "its job " + (ended.equals("dead") ? "is dead" : ended) + " and nobody reported" + (error == null ? "" : ": " + shortened(error));
    }
    return (held ? "its worker has its job and was silent" : "its worker did not take its job") + " for more than twice the expected " + expectedSeconds
        + " s";
  }

  private static String shortened(String error) {
    return error.length() <= 300 ? error : error.substring(0, 297) + "...";
  }
}
