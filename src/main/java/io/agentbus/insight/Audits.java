package io.agentbus.insight;

import io.agentbus.db.Tx;
import io.agentbus.op.Call;
import io.agentbus.op.Cursor;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells what somebody read, wrote and acted on between two times. */
public final class Audits {
  private static final Duration LONGEST = Duration.ofDays(31);
  private static final int PAGE = 100;

  private final Clock clock;

  /** @param clock what "now" means for a window without an end */
  public Audits(Clock clock) {
    this.clock = clock;
  }

  /** One page of the window. */
  public AuditedWindow window(Call call, AuditWindow in) {
    if ((in.agent() == null) == (in.actor() == null)) {
      throw ProblemException.invalid("/agent", "give exactly one of agent and actor");
    }
    var to = in.to() == null ? clock.instant() : in.to();
    if (!in.from().isBefore(to)) {
      throw ProblemException.invalid("/from", in.from() + " is not before the end of the window, " + to);
    }
    if (Duration.between(in.from(), to).compareTo(LONGEST) > 0) {
      throw ProblemException.invalid("/to", "is more than " + LONGEST.toDays() + " days after from: ask for shorter windows");
    }
    var scope = Scope.of(call.caller(), in.namespace());
    var places = Places.read(in.cursor());
    var end = places.until() == null ? to : places.until();
    var limit = in.limit() == null ? PAGE : in.limit();
    Supplier<Tuple> question = () -> scope.addTo(Tuple.of(in.actor(), in.agent(), utc(in.from()), utc(end)));

    var read = places.read() == null ? List.<Row>of() : rows(call, "insight.audit_read",
        question.get().addOffsetDateTime(utc(places.read().at())).addInteger(places.read().kind()).addLong(places.read().id()).addInteger(limit));
    var wrote = places.wrote() == null ? List.<Row>of() : rows(call, "insight.audit_wrote",
        question.get().addOffsetDateTime(utc(places.wrote().at())).addLong(places.wrote().id()).addInteger(limit));
    var acted = places.acted() == null ? List.<Row>of() : rows(call, "insight.audit_acted",
        question.get().addUUID(places.acted()).addInteger(limit));
    var next = new Places(end,
        read.size() < limit ? null : new Place(at(read.getLast(), "at").toInstant(), read.getLast().getInteger("kind"), read.getLast().getLong("id")),
        wrote.size() < limit ? null : new Place(at(wrote.getLast(), "at").toInstant(), 0, wrote.getLast().getLong("id")),
        acted.size() < limit ? null : acted.getLast().getUUID("job_id"));
    return new AuditedWindow(in.from(), end, read.stream().map(Audits::read).toList(), wrote.stream().map(JournalList::entry).toList(),
        acted.stream().map(Audits::acted).toList(), next.text());
  }

  private static List<Row> rows(Call call, String name, Tuple parameters) {
    return call.sql().inTransaction(tx -> {
      tx.allow(Tx.LONG);
      return tx.run(name, parameters).stream().toList();
    });
  }

  private static AuditedWindow.Read read(Row row) {
    return new AuditedWindow.Read(at(row, "at"), row.getString("actor"), row.getString("operation"), row.getString("namespace"),
        List.of(row.getArrayOfUUIDs("job_ids")), row.getLong("rows_read").intValue());
  }

  private static AuditedWindow.Acted acted(Row row) {
    return new AuditedWindow.Acted(row.getUUID("job_id"), at(row, "first_at"), row.getString("first_action"), at(row, "last_at"),
        row.getString("last_action"), row.getLong("changes"));
  }

  private static OffsetDateTime at(Row row, String column) {
    return row.getOffsetDateTime(column).withOffsetSameInstant(ZoneOffset.UTC);
  }

  private static OffsetDateTime utc(Instant at) {
    return at.atOffset(ZoneOffset.UTC);
  }

  /** The last entry handed out of a list that is ordered by time. */
  private record Place(Instant at, int kind, long id) {
    static final Place START = new Place(Instant.EPOCH, -1, Long.MIN_VALUE);

    String text() {
      return at + "," + kind + "," + id;
    }

    static Place of(String text) {
      var parts = text.split(",");
      if (parts.length != 3) {
        throw new IllegalArgumentException("not a place");
      }
      return new Place(Instant.parse(parts[0]), Integer.parseInt(parts[1]), Long.parseLong(parts[2]));
    }
  }

  /**
   * Where each list goes on; null = it is complete.
   *
   * @param until end of the window when the first page was answered; null for a first page
   */
  private record Places(@Nullable Instant until, @Nullable Place read, @Nullable Place wrote, @Nullable UUID acted) {
    private static final Places START = new Places(null, Place.START, Place.START, new UUID(0, 0));

    static Places read(@Nullable String cursor) {
      if (cursor == null) {
        return START;
      }
      try {
        var parts = Cursor.read(cursor).split(";", -1);
        if (parts.length == 4) {
          return new Places(Instant.parse(parts[0]), parts[1].isEmpty() ? null : Place.of(parts[1]),
              parts[2].isEmpty() ? null : Place.of(parts[2]), parts[3].isEmpty() ? null : UUID.fromString(parts[3]));
        }
      } catch (IllegalArgumentException | DateTimeException malformed) {
        throw refused();
      }
      throw refused();
    }

    @Nullable String text() {
      return read == null && wrote == null && acted == null ? null
          : Cursor.of(until + ";" + (read == null ? "" : read.text()) + ";" + (wrote == null ? "" : wrote.text()) + ";" + (acted == null ? "" : acted));
    }

    private static ProblemException refused() {
      return ProblemException.invalid("/cursor", "is not a cursor that audit_window gave; leave it out for the first page");
    }
  }
}
