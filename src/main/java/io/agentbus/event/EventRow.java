package io.agentbus.event;

import io.agentbus.op.Json;
import io.vertx.sqlclient.Row;
import java.time.ZoneOffset;

/** Rows of the statements of {@code event.sql} to {@link Event}; payload is text there. */
final class EventRow {
  private EventRow() {}

  static Event of(Row row) {
    return new Event(row.getUUID("id"), row.getString("namespace"), row.getString("topic"), row.getString("source_agent"),
        row.getUUID("source_job_id"), row.getString("dedupe_key"), Json.raw(row.getString("payload")),
        row.getOffsetDateTime("created_at").withOffsetSameInstant(ZoneOffset.UTC), row.getLong("position"), null);
  }
}
