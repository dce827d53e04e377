package io.agentbus.job;

import io.vertx.sqlclient.Row;

/** Rows of the statement {@code job.claim}, for the dispatcher. */
public final class ClaimRow {
  private ClaimRow() {}

  /** The leased job. The queue is remembered: the claim named it. */
  public static Job read(Row row, QueueStore queues) {
    return JobRow.ofClaim(row, queues.remembered(row.getInteger("queue_id")));
  }
}
