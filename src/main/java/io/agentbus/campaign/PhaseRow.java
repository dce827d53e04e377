package io.agentbus.campaign;

import io.agentbus.db.Sql;
import io.agentbus.namespace.NamespacePath;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A phase with its current run, which is null before the first, and while it is to run again and waits for its turn.
 *
 * @param template the job that is asked for, as JSON
 * @param lastRun number of its newest run, 0 before the first
 * @param open whether the run waits for its report
 * @param verdict what the run came to, as its wire word
 */
record PhaseRow(int no, String name, @Nullable String batch, NamespacePath namespace, int namespaceId, String worker, int expectedSeconds,
    String template, int lastRun, @Nullable Integer run, @Nullable UUID jobId, boolean open, @Nullable OffsetDateTime stuckAt, @Nullable String verdict,
    @Nullable String reportedBy, byte @Nullable [] digest) {

  /** The phase of that name, or null. */
  static @Nullable PhaseRow find(Sql sql, UUID campaign, String name) {
    for (var row : sql.run("campaign.phase", Tuple.of(campaign, name))) {
      var digest = row.getBuffer("report_digest");
      return new PhaseRow(row.getInteger("phase_no"), row.getString("name"), row.getString("batch"), new NamespacePath(row.getString("namespace")),
          row.getInteger("namespace_id"), row.getString("worker"), row.getInteger("expected_seconds"), row.getString("template"),
          row.getInteger("last_run"), row.getInteger("run"),
          row.getUUID("job_id"), Boolean.TRUE.equals(row.getBoolean("open")), row.getOffsetDateTime("stuck_at"), row.getString("verdict"),
          row.getString("reported_by"), digest == null ? null : digest.getBytes());
    }
    return null;
  }

  /** A phase without a current run. */
  static PhaseRow waiting(Row row) {
    return new PhaseRow(row.getInteger("phase_no"), row.getString("name"), row.getString("batch"), new NamespacePath(row.getString("namespace")),
        row.getInteger("namespace_id"), row.getString("worker"), row.getInteger("expected_seconds"), row.getString("template"),
        row.getInteger("last_run"), null, null, false, null, null, null, null);
  }
}
