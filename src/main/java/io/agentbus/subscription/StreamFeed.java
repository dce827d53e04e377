package io.agentbus.subscription;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.EventFeed;
import io.agentbus.op.Json;
import io.agentbus.op.SubscriptionFeed;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The streams of subscriptions. No deliveries are written for them: what a client has not seen is read from the events when it comes back,
 * behind the position that it names, or else behind that of the one before it.
 */
public final class StreamFeed implements SubscriptionFeed {
  /** Positions looked at in one call. */
  private static final int STRETCH = 5_000;
  private static final int STRETCHES = 4;

  private final Database database;
  private final Subscriptions subscriptions;
  private final WakeUps wakeUps;

  public StreamFeed(Database database, Subscriptions subscriptions, WakeUps wakeUps) {
    this.database = database;
    this.subscriptions = subscriptions;
    this.wakeUps = wakeUps;
  }

  @Override
  public Following follow(Caller caller, UUID id, @Nullable Long after) {
    var known = followable(caller, id);
    var matcher = Matcher.of(Objects.requireNonNull(SubscriptionStore.definition(database, id)).whenever());
    // One who names a place ahead of the events would miss those up to it.
    var begin = after == null ? null : (Long) Math.min(after, SubscriptionStore.bounds(database).newest());
    if (begin != null) {
      seen(id, begin);
    }
    return new Following() {
      @Override
      public long position() {
        return begin == null ? known.position() : begin;
      }

      @Override
      public EventFeed.Page after(Caller now, long position, int limit) {
        followable(now, id);
        return page(now, matcher, position, limit);
      }

      @Override
      public void seen(long position) {
        StreamFeed.this.seen(id, position);
      }
    };
  }

  private Subscription followable(Caller caller, UUID id) {
    var known = subscriptions.find(database, caller, id);
    if (known.to() != Target.SSE) {
      throw ProblemException.of(ProblemCode.INVALID_TRANSITION, "The subscription " + id + " goes to " + known.to().wire() + ", and is no stream.");
    }
    if (known.status() != SubscriptionStatus.ACTIVE) {
      throw ProblemException.of(ProblemCode.PAUSED, "The subscription " + id + " is " + known.status().wire()
          + (known.reason() == null ? "" : ", because " + known.reason()) + "; resume_subscription lets it go on.");
    }
    return known;
  }

  private void seen(UUID id, long position) {
    database.run("subscription.stream_seen", Tuple.of(id, position));
  }

  private EventFeed.Page page(Caller caller, Matcher matcher, long position, int limit) {
    var bounds = SubscriptionStore.bounds(database);
    var gap = position > 0 && position < bounds.oldest() - 1;
    var from = Math.max(position, bounds.oldest() - 1);
    var exact = matcher.topic().exact() ? new String[] {matcher.definition().topic()} : null;
    var items = new ArrayList<EventFeed.Item>();
    for (var i = 0; i < STRETCHES && from < bounds.newest() && items.size() < limit; i++) {
      var to = Math.min(bounds.newest(), from + STRETCH);
      var read = SubscriptionStore.page(database, matcher.topic().emittedOnly(), from, to, limit, exact);
      var sifted = Sifted.of(List.of(matcher), read, Sifted.OWN_PAGE_STEPS);
      for (var pair : sifted.pairs()) {
        if (caller.sees(new NamespacePath(pair.event().namespace()))) {
          items.add(item(pair.event()));
        }
      }
      var stop = sifted.stopped().isEmpty() ? null : sifted.stopped().getFirst();
      if (stop != null && stop.disabled()) {
        // What stands before it goes out first, so that the client has that when it is told of the end.
        if (items.isEmpty()) {
          disable(stop);
          return new EventFeed.Page(items, stop.position(), gap);
        }
        return new EventFeed.Page(items, stop.position() - 1, gap);
      }
      from = stop == null ? sifted.reached() : stop.position();
      if (read.full() || sifted.steps() > Sifted.OWN_PAGE_STEPS) {
        break;
      }
    }
    return new EventFeed.Page(items, from, gap);
  }

  /** Ends the stream for all who follow it. Once it is resumed it goes on behind the event that was too much for its filter. */
  private void disable(Sifted.Stop stop) {
    database.inTransaction(tx -> {
      tx.run("subscription.stream_seen", Tuple.of(stop.id(), stop.position()));
      Stops.disable(tx, wakeUps, stop.subscription().definition(), String.valueOf(stop.reason()), stop.position());
      return true;
    });
  }

  private static EventFeed.Item item(Happened event) {
    try {
      return new EventFeed.Item(event.position(), event.topic(), Json.MAPPER.writeValueAsBytes(event.event()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("event " + event.id() + " cannot be written as JSON", e);
    }
  }
}
