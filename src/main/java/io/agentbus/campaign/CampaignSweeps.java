package io.agentbus.campaign;

import io.agentbus.db.Database;
import io.agentbus.op.Json;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds the runs of phases that nobody hears of: silent for twice the expected time since their worker's last word, or with a job that ended
 * without a report. Each silence is said once, and so is its end; several nodes may look at once.
 */
public final class CampaignSweeps {
  /** Runs that one look goes through. */
  private static final int PAGE = 5_000;
  /** Before all. */
  private static final UUID FIRST = new UUID(0, 0);

  private final Database database;
  private final CampaignLog log;
  /** How far the look before came, among the stuck and among the others. */
  private volatile UUID stuckFrom = FIRST;
  private volatile UUID openFrom = FIRST;

  CampaignSweeps(Database database, CampaignLog log) {
    this.database = database;
    this.log = log;
  }

  /**
   * Marks this moment as one in which a node looked; time before it in which none did is not charged to the workers. Is done all the time, also
   * while a look has much to do, and before each look.
   *
   * @param outageAfterSeconds a longer time in which no node looked is an outage
   * @param graceSeconds given to the workers on top, so that they can come back
   */
  public void tick(double outageAfterSeconds, double graceSeconds) {
    database.run("campaign.sweep_clock", Tuple.of(outageAfterSeconds, graceSeconds));
  }

  /**
   * One look: at {@value #PAGE} runs of each kind, from where the one before ended, so that many that are stuck hide no other.
   *
   * @param limit runs marked at most, and runs cleared
   * @param reportWithinSeconds a job that succeeded so short a time ago may still be reported
   * @return how many were found silent
   */
  public int look(int limit, double reportWithinSeconds) {
    var again = database.run("campaign.heard_again", Tuple.of(limit, stuckFrom, PAGE));
    var back = found(again);
    back.forEach(this::clear);
    stuckFrom = next(again, back, limit);
    var rows = database.run("campaign.silent", Tuple.of(limit, openFrom, PAGE, reportWithinSeconds));
    var silent = found(rows);
    silent.forEach(row -> mark(row, reportWithinSeconds));
    openFrom = next(rows, silent, limit);
    return silent.size();
  }

  private static List<Row> found(RowSet<Row> rows) {
    return rows.stream().filter(row -> row.getUUID("job_id") != null).toList();
  }

  /** After which job the next look goes on. */
  private static UUID next(RowSet<Row> rows, List<Row> found, int limit) {
    var upto = found.size() == limit ? found.getLast().getUUID("job_id") : rows.iterator().next().getUUID("upto");
    return upto == null ? FIRST : upto;
  }

  private void mark(Row row, double reportWithinSeconds) {
    var id = row.getUUID("campaign_id");
    database.inTransaction(tx -> {
      var campaign = OpenCampaign.lock(tx, id);
      if (campaign == null) {
        return null;
      }
      var run = row.getInteger("run");
      UUID job = row.getUUID("job_id");
      var reason = reason(row.getString("ended"), row.getString("error"), row.getInteger("expected_seconds"), row.getBoolean("held"));
      for (var marked : tx.run("campaign.mark_stuck", Tuple.of(id, row.getInteger("phase_no"), run, reason, reportWithinSeconds))) {
        var phase = PhaseRow.find(tx, id, marked.getString("name"));
        if (phase != null) {
          var detail = Json.MAPPER.createObjectNode().put("run", run).put("worker", phase.worker()).put("reason", reason);
          log.say(tx, campaign, phase, job, CampaignLog.BUS, "phase_stuck", detail, "Phase " + phase.name() + " is stuck");
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
          log.say(tx, campaign, phase, job, CampaignLog.BUS, "phase_heard", detail, "Phase " + phase.name() + " is heard of again");
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
