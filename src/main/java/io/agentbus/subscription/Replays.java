package io.agentbus.subscription;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.op.Call;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.subscription.ReplayedDeliveries.ReplayedEvent;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tells events again: dead letters, or all that a subscription means of a range. A replay keeps the delivery's id. */
public final class Replays {
  /** Most deliveries of one call. */
  static final int MAX = 1_000;
  /** Most positions that one call looks at. */
  private static final long LOOKED_AT = 100_000;
  private static final int PAGE = 200;
  private static final int STRETCH = 10_000;
  private static final int SAMPLE = 10;

  private final Subscriptions subscriptions;
  private final WakeUps wakeUps;

  public Replays(Subscriptions subscriptions, WakeUps wakeUps) {
    this.subscriptions = subscriptions;
    this.wakeUps = wakeUps;
  }

  /** What a call means. @param next there may be more here; null = none */
  private record Chosen(List<Happened> events, @Nullable ReplayRange next) {}

  public ReplayedDeliveries replay(Call call, ReplayDeliveries in) {
    Positions.atMostOne("/after_position", in.afterPosition(), in.fromTime(), in.afterEventId(), in.deliveryId());
    Positions.atMostOne("/to_position", in.toPosition(), in.toTime(), in.toEventId(), in.deliveryId());
    return call.sql().inTransaction(tx -> {
      SubscriptionStore.keep(tx, in.subscriptionId());
      var known = subscriptions.find(tx, call.caller(), in.subscriptionId());
      if (known.to() == Target.SSE) {
        throw ProblemException.of(ProblemCode.INVALID_TRANSITION, "A stream has no deliveries: its client begins it where it likes, with Last-Event-ID.");
      }
      var definition = Objects.requireNonNull(SubscriptionStore.definition(tx, known.id()));
      var chosen = chosen(call, tx, in, definition, known.position());
      var dry = Boolean.TRUE.equals(in.dryRun());
      if (!dry && !chosen.events().isEmpty()) {
        write(tx, definition, chosen.events());
        SubscriptionStore.journal(tx, definition.namespaceId(), call.caller().actor(), "replay_deliveries", JsonNodeFactory.instance.objectNode()
            .put("subscription_id", known.id().toString()).put("count", chosen.events().size()));
        tx.afterCommit(wakeUps::changes);
        tx.afterCommit(wakeUps::news);
      }
      return answer(definition, dry, chosen);
    });
  }

  /** @param handedOut events up to here were looked at: later ones are told anyway, and would be told twice */
  private Chosen chosen(Call call, Tx tx, ReplayDeliveries in, Definition definition, long handedOut) {
    if (in.deliveryId() != null) {
      return one(tx, definition, in.deliveryId());
    }
    var range = in.cursor() == null ? range(call, tx, in) : ReplayRange.read(in, in.cursor());
    var chosen = range.deadOnly() ? deadLetters(tx, definition, range) : meant(tx, definition, range.upTo(handedOut));
    return new Chosen(chosen.events().stream().filter(event -> range.means(event.createdAt().toInstant())).toList(), chosen.next());
  }

  private static ReplayRange range(Call call, Tx tx, ReplayDeliveries in) {
    var after = in.afterPosition() != null ? in.afterPosition()
        : in.afterEventId() != null ? (Long) Positions.of(tx, call.caller(), "/after_event_id", in.afterEventId())
        : in.fromTime() != null ? (Long) Positions.before(tx, in.fromTime()) : null;
    var to = in.toPosition() != null ? in.toPosition()
        : in.toEventId() != null ? (Long) Positions.of(tx, call.caller(), "/to_event_id", in.toEventId()) : null;
    var deadOnly = in.deadOnly() == null ? after == null && to == null && in.toTime() == null : in.deadOnly();
    return new ReplayRange(deadOnly, after, to, in.fromTime(), in.toTime());
  }

  private static Chosen one(Tx tx, Definition definition, UUID delivery) {
    for (var row : tx.run("delivery.get", Tuple.of(delivery))) {
      if (row.getUUID("subscription_id").equals(definition.id())) {
        return new Chosen(SubscriptionStore.events(tx, List.of(row.getLong("journal_id"))), null);
      }
    }
    throw ProblemException.notFound("delivery", delivery);
  }

  private static Chosen deadLetters(Tx tx, Definition definition, ReplayRange range) {
    var rows = tx.run("delivery.dead_letters", DeliveryStore.tuple(definition.id(), range.after(), range.to(), MAX));
    var journalIds = new ArrayList<Long>();
    var last = 0L;
    for (var row : rows) {
      journalIds.add(row.getLong("journal_id"));
      last = row.getLong("position");
    }
    var events = journalIds.isEmpty() ? List.<Happened>of() : SubscriptionStore.bareEvents(tx, journalIds);
    return new Chosen(events, rows.size() == MAX ? range.behind(last) : null);
  }

  /** @param range with an end */
  private static Chosen meant(Tx tx, Definition definition, ReplayRange range) {
    var matcher = Matcher.of(definition.whenever());
    var to = Objects.requireNonNull(range.to());
    var from = Math.max(range.after() == null ? 0 : range.after(), SubscriptionStore.bounds(tx).oldest() - 1);
    // Not a sum with what a caller said: that may be as large as numbers go.
    var end = to - from > LOOKED_AT ? from + LOOKED_AT : to;
    var exact = matcher.topic().exact() ? new String[] {definition.topic()} : null;
    var found = new ArrayList<Happened>();
    var work = 0L;
    while (from < end) {
      var stretch = Math.min(end, from + STRETCH);
      var page = SubscriptionStore.page(tx, matcher.topic().emittedOnly(), from, stretch, PAGE, exact);
      var sifted = FanOut.allowed(tx, Sifted.of(List.of(matcher), page, Sifted.PAGE_STEPS));
      work += sifted.steps();
      for (var pair : sifted.pairs()) {
        found.add(pair.event().bare());
        if (found.size() == MAX) {
          return new Chosen(found, range.behind(pair.event().position()));
        }
      }
      var stop = sifted.stopped().isEmpty() ? null : sifted.stopped().getFirst();
      if (stop != null && stop.reason() != null && !stop.disabled() && found.isEmpty()) {
        throw ProblemException.of(ProblemCode.INVALID_TRANSITION, "The replay cannot go on behind position " + stop.position() + ": " + stop.reason() + ".");
      }
      from = stop == null ? sifted.reached() : stop.position();
      // The filter is costly: the rest is another call's.
      if (work > Sifted.PAGE_STEPS || stop != null) {
        return new Chosen(found, from < to ? range.behind(from) : null);
      }
    }
    return new Chosen(found, end < to ? range.behind(end) : null);
  }

  private static void write(Sql tx, Definition definition, List<Happened> events) {
    var ids = events.stream().map(event -> DeliveryIds.of(definition.id(), event.id())).toArray(UUID[]::new);
    tx.run("delivery.replay", Tuple.tuple().addArrayOfUUID(ids).addUUID(definition.id())
        .addArrayOfLong(events.stream().map(Happened::position).toArray(Long[]::new))
        .addArrayOfUUID(events.stream().map(Happened::id).toArray(UUID[]::new))
        .addArrayOfLong(events.stream().map(Happened::journalId).toArray(Long[]::new)));
  }

  private static ReplayedDeliveries answer(Definition definition, boolean dry, Chosen chosen) {
    var events = chosen.events().stream().sorted(Comparator.comparingLong(Happened::position)).toList();
    var sample = events.stream().limit(SAMPLE).map(event -> new ReplayedEvent(DeliveryIds.of(definition.id(), event.id()), event.id(), event.topic(),
        event.namespace(), event.position(), event.createdAt())).toList();
    return new ReplayedDeliveries(dry, events.size(), events.isEmpty() ? null : events.getFirst().createdAt(),
        events.isEmpty() ? null : events.getLast().createdAt(), sample,
        chosen.next() == null ? null : chosen.next().cursor());
  }
}
