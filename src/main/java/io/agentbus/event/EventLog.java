package io.agentbus.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.agentbus.db.Sql;
import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.EventFeed;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All events in the order of their positions: those that callers emitted, and what the bus says of jobs ({@code job.*}) and agents
 * ({@code agent.*}). One look reads a bounded stretch of positions, whatever the filter lets through.
 */
public final class EventLog implements EventFeed {
  private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);
  /** Positions looked at in one statement. */
  static final int STRETCH = 20_000;
  /** Stretches looked at in one call when nothing matches. */
  private static final int STRETCHES = 10;

  private final Sql sql;
  private final List<Runnable> hearers = new CopyOnWriteArrayList<>();
  private final AtomicLong reached = new AtomicLong();

  /** @param sql where the feed's statements go */
  public EventLog(Sql sql) {
    this.sql = sql;
  }

  /**
   * Some events.
   *
   * @param position everything up to here has been looked at
   * @param end whether that is the newest position
   */
  record Found(List<Event> events, long position, boolean end, boolean gap) {}

  @Override
  public Page after(Caller caller, Filter filter, long position, int limit) {
    var found = look(sql, caller, filter, position, limit);
    return new Page(found.events().stream().map(EventLog::item).toList(), found.position(), found.gap());
  }

  @Override
  public long newest() {
    return sql.run("event.bounds", Tuple.tuple()).iterator().next().getLong("newest");
  }

  @Override
  public Subscription onNews(Runnable wake) {
    // Of its own, so that a caller may register the same object twice and close one of the two.
    Runnable hearer = wake::run;
    hearers.add(hearer);
    return () -> hearers.remove(hearer);
  }

  /** The newest position that this node has heard of, without asking; 0 before its sequencer has run. Any thread. */
  public long newestKnown() {
    return reached.get();
  }

  /**
   * The next events of all namespaces, up to {@link #newestKnown}. One statement; it looks at each position once, however many there are.
   * Virtual threads only.
   *
   * @param position look behind this one
   * @param most positions to look at; each holds one event or none
   */
  Page behind(long position, int most) {
    var to = Math.min(newestKnown(), position + most);
    var rows = sql.run("event.after", Tuple.tuple().addLong(position).addLong(to).addInteger(most).addArrayOfString(new String[0])
        .addString(null).addString(null).addString(null).addString(null).addString(null).addUUID(null));
    return new Page(rows.stream().map(EventRow::of).map(EventLog::item).toList(), to, false);
  }

  /** Wakes the followers when the newest position is higher than it was. Any thread. */
  public void reached(long newest) {
    if (reached.getAndSet(newest) == newest) {
      return;
    }
    for (var hearer : hearers) {
      try {
        hearer.run();
      } catch (RuntimeException failure) {
        LOG.error("a follower of the events failed to wake", failure);
      }
    }
  }

  /** The next matching events that the caller may see. */
  Found look(Sql sql, Caller caller, Filter filter, long position, int limit) {
    if (limit < 1 || limit > 500) {
      throw ProblemException.invalid("/limit", limit + " is not a number of events to answer: 1 to 500");
    }
    var namespace = parsed("/namespace", filter.namespace(), NamespaceFilter::new);
    var topic = parsed("/topic", filter.topic(), TopicFilter::new);
    if (namespace != null && namespace.exact() && !caller.sees(new NamespacePath(namespace.value()))) {
      throw ProblemException.notFound("namespace", namespace.value());
    }
    var bounds = sql.run("event.bounds", Tuple.tuple()).iterator().next();
    var newest = bounds.getLong("newest");
    var oldest = bounds.getLong("oldest");
    var gap = position > 0 && position < oldest - 1;
    if (caller.namespaces().isEmpty() && !caller.isOperator()) {
      return new Found(List.of(), Math.max(position, newest), true, gap);
    }
    var emittedOnly = filter.emittedOnly() || topic != null && topic.emittedOnly();
    var from = Math.max(position, oldest - 1);
    var events = new ArrayList<Event>();
    for (var stretch = 0; stretch < STRETCHES && from < newest; stretch++) {
      var to = Math.min(newest, from + STRETCH);
      var wanted = limit - events.size();
      var rows = sql.run(emittedOnly ? "event.emitted_after" : "event.after",
          parameters(caller, namespace, topic, filter, from, to, wanted));
      rows.forEach(row -> events.add(EventRow.of(row)));
      if (rows.size() == wanted) {
        var last = events.getLast().position();
        return new Found(events, last == null ? to : last, last != null && last == newest, gap);
      }
      from = to;
    }
    return new Found(events, Math.max(from, position), from >= newest, gap);
  }

  private static Tuple parameters(Caller caller, @Nullable NamespaceFilter namespace, @Nullable TopicFilter topic, Filter filter, long from,
      long to, int limit) {
    return Tuple.tuple().addLong(from).addLong(to).addInteger(limit)
        .addArrayOfString(caller.namespaces().stream().map(NamespacePath::value).toArray(String[]::new))
        .addString(namespace != null && namespace.exact() ? namespace.value() : null)
        .addString(namespace != null && !namespace.exact() ? namespace.toSqlRegex() : null)
        .addString(topic != null && topic.exact() ? topic.value() : null)
        .addString(topic != null && !topic.exact() ? topic.toSqlRegex() : null)
        .addString(filter.sourceAgent()).addUUID(filter.sourceJobId());
  }

  private static <T> @Nullable T parsed(String pointer, @Nullable String text, Function<String, T> parse) {
    try {
      return text == null ? null : parse.apply(text);
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid(pointer, String.valueOf(malformed.getMessage()));
    }
  }

  private static Item item(Event event) {
    try {
      var position = event.position();
      return new Item(position == null ? 0 : position, event.topic(), Json.MAPPER.writeValueAsBytes(event));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("event " + event.id() + " cannot be written as JSON", e);
    }
  }
}
