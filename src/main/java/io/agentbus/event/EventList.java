package io.agentbus.event;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Cursor;
import io.agentbus.op.EventFeed.Filter;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** Answers events one by one and in pages. */
public final class EventList {
  private static final int PAGE = 100;

  private final EventLog log;
  private final EventReads reads;

  public EventList(EventLog log, EventReads reads) {
    this.log = log;
    this.reads = reads;
  }

  /** A page of the events that the caller may see. */
  public ListedEvents list(Call call, ListEvents in) {
    var after = in.cursor() != null ? position(in.cursor()) : in.afterPosition() == null ? 0 : in.afterPosition();
    var found = log.look(call.sql(), call.caller(), new Filter(in.namespace(), in.topic(), in.sourceAgent(), in.sourceJobId()), after,
        in.limit() == null ? PAGE : in.limit());
    reads.note(call, "list_events", in.namespace(), jobsOf(found.events()), found.events().size());
    return new ListedEvents(found.events(), found.end() ? null : Cursor.of(Long.toString(found.position())));
  }

  /** One event, also before it has a position. */
  public Event get(Call call, GetEvent in) {
    var id = in.eventId();
    // Ids of version 8 are made from the journal's; those that callers' events get are of version 7.
    var rows = id.version() == 8 ? call.sql().run("event.get_of_bus", Tuple.of(journalId(id), id))
        : call.sql().run("event.get_emitted", Tuple.of(id));
    for (var row : rows) {
      var event = EventRow.of(row);
      if (call.caller().sees(new NamespacePath(event.namespace()))) {
        reads.note(call, "get_event", event.namespace(), jobsOf(List.of(event)), 1);
        return event;
      }
    }
    throw ProblemException.notFound("event", id);
  }

  private static List<UUID> jobsOf(List<Event> events) {
    return events.stream().map(Event::sourceJobId).filter(Objects::nonNull).distinct().toList();
  }

  /** The journal's id inside the id of an event of the bus: bits 32 to 47 of the upper half, and the lowest 48 of the lower. */
  private static long journalId(UUID id) {
    return (id.getMostSignificantBits() >>> 16 & 0xFFFFL) << 48 | id.getLeastSignificantBits() & 0xFFFF_FFFF_FFFFL;
  }

  private static long position(String cursor) {
    try {
      return Long.parseLong(Cursor.read(cursor));
    } catch (IllegalArgumentException e) {
      throw ProblemException.invalid("/cursor", "is not a cursor that list_events gave; leave it out for the first page");
    }
  }
}
