package io.agentbus.insight;

import io.agentbus.db.Sql;
import io.agentbus.op.Call;
import io.agentbus.op.Cursor;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Lists the journal in pages. */
public final class JournalList {
  private static final int PAGE = 100;
  /** Positions looked at in one statement. */
  private static final int STRETCH = 20_000;
  /** Stretches looked at in one call when nothing matches. */
  private static final int STRETCHES = 10;

  /** A page of the rows that the caller may see. */
  public ListedJournal list(Call call, ListJournal in) {
    var scope = Scope.of(call.caller(), in.namespace());
    var after = in.cursor() != null ? position(in.cursor()) : in.afterPosition() == null ? 0 : in.afterPosition();
    var limit = in.limit() == null ? PAGE : in.limit();
    return in.jobId() != null ? ofJob(call.sql(), in, scope, after, limit) : all(call.sql(), in, scope, after, limit);
  }

  private static ListedJournal ofJob(Sql sql, ListJournal in, Scope scope, long after, int limit) {
    var parameters = scope.addTo(Tuple.tuple().addUUID(in.jobId()).addLong(after).addInteger(limit + 1)).addString(in.actor()).addString(in.action());
    var items = entries(sql, "insight.journal_of_job", parameters);
    var more = items.size() > limit;
    return new ListedJournal(more ? items.subList(0, limit) : items, more ? cursor(items.get(limit - 1)) : null);
  }

  private static ListedJournal all(Sql sql, ListJournal in, Scope scope, long after, int limit) {
    var bounds = sql.run("event.bounds", Tuple.tuple()).iterator().next();
    var newest = bounds.getLong("newest");
    var from = Math.max(after, bounds.getLong("oldest") - 1);
    var items = new ArrayList<JournalEntry>();
    for (var stretch = 0; stretch < STRETCHES && from < newest; stretch++) {
      var to = Math.min(newest, from + STRETCH);
      var wanted = limit - items.size();
      var found = entries(sql, "insight.journal_after",
          scope.addTo(Tuple.of(from, to, wanted)).addString(in.actor()).addString(in.action()));
      items.addAll(found);
      if (found.size() == wanted) {
        var last = items.getLast().position();
        return new ListedJournal(items, last != null && last < newest ? cursor(items.getLast()) : null);
      }
      from = to;
    }
    return new ListedJournal(items, from < newest ? Cursor.of(Long.toString(from)) : null);
  }

  private static List<JournalEntry> entries(Sql sql, String name, Tuple parameters) {
    return sql.run(name, parameters).stream().map(JournalList::entry).toList();
  }

  /** A row of the statements about the journal, whose detail is text. */
  static JournalEntry entry(Row row) {
    var detail = row.getString("detail");
    return new JournalEntry(row.getLong("position"), row.getOffsetDateTime("at").withOffsetSameInstant(ZoneOffset.UTC), row.getString("namespace"),
        row.getUUID("job_id"), row.getString("actor"), row.getString("action"), row.getString("from_state"), row.getString("to_state"),
        row.getLong("fence"), row.getInteger("attempt"), detail == null ? null : Json.raw(detail));
  }

  private static String cursor(JournalEntry last) {
    return Cursor.of(String.valueOf(last.position()));
  }

  private static long position(String cursor) {
    try {
      return Long.parseLong(Cursor.read(cursor));
    } catch (IllegalArgumentException e) {
      throw ProblemException.invalid("/cursor", "is not a cursor that list_journal gave; leave it out for the first page");
    }
  }
}
