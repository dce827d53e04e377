package io.agentbus.subscription;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.id.Ids;
import io.agentbus.problem.ProblemException;
import io.agentbus.subscription.DeliveryStore.Claimed;
import io.agentbus.subscription.DeliveryStore.Open;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves deliveries on to their targets. A claim takes what is due, of each subscription no more than may be under way at once on all nodes
 * together, so that one slow target holds up nobody else; each delivery then has a virtual thread. A claim that is not ended, because its
 * node died, can be taken again after the lease. One loop claims.
 */
final class Drain {
  private static final Duration DUE_BUT_HELD = Duration.ofMillis(200);
  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
  /** Subscriptions held in one claim. */
  private static final int SUBSCRIPTIONS = 32;
  private static final int CLAIM = 100;
  /** Looks in vain before the loop rests. */
  private static final int IDLE = 50;
  private static final String LOST = "it was begun and not ended: its node died, or it took longer than the lease";
  private static final UUID FIRST = new UUID(0, 0);

  /** Another node has the delivery: what this one did for it within the bus is rolled back. */
  private static final class Lost extends RuntimeException {
    Lost() {
      super("another claim has the delivery", null, false, false);
    }
  }

  /** What a claim came to. */
  private record Taken(List<Open> open, List<Claimed> claimed, Map<UUID, Definition> definitions, Map<UUID, SubscriptionStore.Terms> terms,
      Map<Long, Happened> events) {
    /** After whom the next look begins: behind all that were looked at, or where all were, behind the last that was served. */
    UUID last() {
      if (open.isEmpty()) {
        return FIRST;
      }
      var served = claimed.stream().map(Claimed::subscriptionId).collect(Collectors.toSet());
      var all = open.size() == SUBSCRIPTIONS || served.isEmpty();
      return (all ? open : open.stream().filter(one -> served.contains(one.id())).toList()).getLast().id();
    }
  }

  private final Database database;
  private final Targets targets;
  private final WakeUps wakeUps;
  private final InboxDrainerConfig config;
  private final String node;
  private final RetryPolicy webhookPolicy;
  private final RetryPolicy innerPolicy;
  private final Runnable freed;
  private final Slots slots;
  private final Promise<Void> ended = Promise.promise();
  private volatile boolean stopping;
  private UUID after = FIRST;

  /** @param node name of this node, for the log of tries @param freed called when there is room again for more; must not wait */
  Drain(Database database, Targets targets, WakeUps wakeUps, InboxDrainerConfig config, String node, Runnable freed) {
    this.database = database;
    this.targets = targets;
    this.wakeUps = wakeUps;
    this.config = config;
    this.node = node;
    this.webhookPolicy = config.webhookPolicy();
    this.innerPolicy = config.innerPolicy();
    this.freed = freed;
    this.slots = new Slots(config.inFlightMax(), System::nanoTime);
  }

  /** Takes what is due and sets it under way. @return how long until more may be due */
  Duration run() {
    // Those that are open and gave nothing have as many under way as they may; each has had its turn after so many looks.
    for (var idle = 0; idle <= IDLE && !stopping;) {
      var held = slots.held();
      var room = new Room(slots.most(), held);
      if (slots.bytesLeft() <= 0 || room.open().isEmpty()) {
        break;
      }
      var taken = take(held, room);
      after = taken.last();
      taken.claimed().forEach(delivery -> begin(delivery, taken));
      if (taken.claimed().isEmpty() && taken.open().size() < SUBSCRIPTIONS) {
        break;
      }
      idle = taken.claimed().isEmpty() ? idle + 1 : 0;
    }
    return stopping ? config.poll() : nextDue();
  }

  /** Begins nothing more. @return done when what is under way has ended */
  Future<Void> stop() {
    stopping = true;
    if (slots.isEmpty()) {
      ended.tryComplete();
    }
    return ended.future();
  }

  private Duration nextDue() {
    var seconds = database.run("delivery.next_due", DeliveryStore.tuple(targets.inbox().boxLimit())).iterator().next().getDouble("seconds");
    if (seconds == null) {
      return config.poll();
    }
    // What is due and was not to be had became so just now, or its owner or its host has here what it may have: what ends wakes this loop.
    var pause = seconds <= 0 ? DUE_BUT_HELD : Duration.ofMillis(Math.max((long) (seconds * 1_000), 20));
    return pause.compareTo(config.poll()) < 0 ? pause : config.poll();
  }

  private Taken take(List<Room.Held> held, Room room) {
    return database.inTransaction(tx -> {
      // A statement of its own: the next one's snapshot then holds what other nodes have claimed of these.
      var open = DeliveryStore.lockOpen(tx, after, SUBSCRIPTIONS, room, slots.slowed(), targets.inbox().boxLimit());
      var lease = Ids.next();
      var all = claim(tx, open, lease, held);
      if (all.isEmpty()) {
        return new Taken(open, all, Map.of(), Map.of(), Map.of());
      }
      all.stream().filter(Claimed::lost).forEach(delivery -> DeliveryStore.note(tx, delivery.id(), delivery.tryNo(), "lost", true, Tried.failed(LOST), node));
      var over = new HashSet<Long>();
      var events = new HashMap<Long, Happened>();
      SubscriptionStore.events(tx, all.stream().map(Claimed::journalId).distinct().toList(), Math.min(SubscriptionStore.BYTES, slots.bytesLeft()), over)
          .forEach(event -> events.put(event.journalId(), event));
      var claimed = all.stream().filter(delivery -> !over.contains(delivery.journalId())).toList();
      if (claimed.size() < all.size()) {
        DeliveryStore.giveBack(tx, lease, all.stream().filter(delivery -> over.contains(delivery.journalId())).map(Claimed::id).toList());
      }
      var ids = claimed.stream().map(Claimed::subscriptionId).distinct().toList();
      return new Taken(open, claimed, SubscriptionStore.definitions(tx, ids), SubscriptionStore.terms(tx, ids), events);
    });
  }

  /** Lane by lane, for what one takes is gone for the others. Those that end soonest have the first choice. */
  private List<Claimed> claim(Tx tx, List<Open> open, UUID lease, List<Room.Held> held) {
    var all = new ArrayList<Claimed>();
    var under = new ArrayList<>(held);
    for (var lane : List.of(Lane.values()).reversed()) {
      var part = new Room(slots.most(), under).of(lane);
      var ids = open.stream().filter(one -> one.lane() == lane).map(Open::id).toList();
      if (!ids.isEmpty() && part.left() > 0) {
        // Never all that is left, since what one may have is measured by that.
        var claimed = DeliveryStore.claim(tx, ids, lease, config.lease(), Math.min((part.left() + 1) / 2, CLAIM), lane, part);
        claimed.forEach(one -> under.add(new Room.Held(lane, one.owner(), one.host())));
        all.addAll(claimed);
      }
    }
    return all;
  }

  private void begin(Claimed delivery, Taken taken) {
    var thread = Thread.ofVirtual().name("delivery-" + delivery.id()).unstarted(() -> {
      try {
        deliver(delivery, taken);
      } catch (RuntimeException failure) {
        // The lease brings it back: to try at once what failed like this would be to try without end.
        LOG.atWarn().setCause(failure).addKeyValue("delivery", delivery.id()).log("what became of a delivery could not be written down");
      } finally {
        slots.free(delivery);
        if (stopping && slots.isEmpty()) {
          ended.tryComplete();
        }
        freed.run();
      }
    });
    var event = taken.events().get(delivery.journalId());
    slots.take(delivery, event == null ? 0 : event.payload().length());
    thread.start();
  }

  private void deliver(Claimed claimed, Taken taken) {
    var definition = taken.definitions().get(claimed.subscriptionId());
    if (definition == null) {
      return;
    }
    var event = taken.events().get(claimed.journalId());
    if (claimed.lost() && policy(definition).after(claimed.tries(), null, RandomGenerator.getDefault()) == null) {
      record(claimed, definition, event, new Outcome.Dead(Tried.failed(LOST + ", once more")));
      return;
    }
    var owner = taken.terms().get(claimed.subscriptionId());
    if (event == null) {
      record(claimed, definition, null, new Outcome.Dead(Tried.failed("the event is no longer kept")));
      return;
    }
    if (owner == null || !owner.sees(event.namespace())) {
      record(claimed, definition, event, new Outcome.Dead(Tried.failed(definition.owner() + " may not see " + event.namespace() + " any more")));
      return;
    }
    var delivery = new Delivery(claimed.id(), claimed.subscriptionId(), event.event(), claimed.tries(), claimed.replays());
    var inner = targets.inner(definition.target());
    if (inner == null) {
      record(claimed, definition, event, outside(claimed, definition, delivery));
      return;
    }
    try {
      database.inTransaction(tx -> {
        record(tx, claimed, definition, event, inner.deliver(tx, definition, delivery, owner.caller()));
        return true;
      });
    } catch (Lost lost) {
      LOG.atDebug().addKeyValue("delivery", claimed.id()).log("another node has the delivery");
    } catch (RuntimeException failure) {
      record(claimed, definition, event, failed(failure));
    }
  }

  private Outcome outside(Claimed claimed, Definition definition, Delivery delivery) {
    try {
      return switch (definition.target()) {
        case WEBHOOK -> webhook(claimed, delivery);
        case BUS -> targets.bus().send(definition, delivery);
        case INBOX, JOB, SSE -> new Outcome.Dead(Tried.failed("a subscription to " + definition.target().wire() + " has no deliveries"));
      };
    } catch (RuntimeException failure) {
      return failed(failure);
    }
  }

  private Outcome webhook(Claimed claimed, Delivery delivery) {
    await(claimed.turn());
    var began = System.nanoTime();
    Outcome outcome;
    try {
      outcome = targets.webhook().send(delivery);
    } catch (RuntimeException failure) {
      outcome = failed(failure);
    }
    var quick = System.nanoTime() - began <= Slots.MOMENT.toNanos();
    // What was put off at once was not asked.
    if (quick != (claimed.lane() == Lane.QUICK) && !(quick && outcome instanceof Outcome.Postponed)) {
      DeliveryStore.pace(database, claimed.subscriptionId(), quick);
    }
    return outcome;
  }

  /** Until the turn that was taken; an interrupt ends it, for then the node stops. */
  private static void await(Duration turn) {
    var due = System.nanoTime() + turn.toNanos();
    for (var left = turn.toNanos(); left > 0 && !Thread.currentThread().isInterrupted(); left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static Outcome failed(RuntimeException failure) {
    if (failure instanceof ProblemException problem && !problem.code().retryable()) {
      return new Outcome.Dead(Tried.failed(problem.getMessage()));
    }
    if (!(failure instanceof ProblemException)) {
      LOG.atWarn().setCause(failure).log("a delivery failed");
    }
    return new Outcome.Failed(Tried.failed(failure instanceof ProblemException ? failure.getMessage() : failure.getClass().getSimpleName()), null);
  }

  private void record(Claimed claimed, Definition definition, @Nullable Happened event, Outcome outcome) {
    try {
      database.inTransaction(tx -> {
        record(tx, claimed, definition, event, outcome);
        return true;
      });
    } catch (Lost lost) {
      LOG.atDebug().addKeyValue("delivery", claimed.id()).log("another node has the delivery");
    }
  }

  /** Writes down what became of a try. @throws Lost when another claim has the delivery */
  private void record(Tx tx, Claimed claimed, Definition definition, @Nullable Happened event, Outcome outcome) {
    switch (outcome) {
      case Outcome.Delivered delivered -> note(tx, claimed, "delivered", true, delivered.tried(), DeliveryStore.end(tx, claimed,
          DeliveryStatus.DELIVERED, null, delivered.result() == null ? null : delivered.result().toString(), true));
      case Outcome.Postponed postponed -> note(tx, claimed, "postponed", false, Tried.failed(postponed.why()),
          DeliveryStore.again(tx, claimed, postponed.after(), Tried.failed(postponed.why()).error(), false));
      case Outcome.BoxFull full -> {
        // Before the delivery's row, as all do who change the deliveries of a subscription.
        SubscriptionStore.keep(tx, definition.id());
        note(tx, claimed, "postponed", false, Tried.failed(full.why()), DeliveryStore.again(tx, claimed, Duration.ZERO, Tried.failed(full.why()).error(), false));
        SubscriptionStore.boxFull(tx, definition.id(), full.agentNo());
      }
      case Outcome.Dead dead -> dies(tx, claimed, definition, event, dead.tried());
      case Outcome.Failed failed -> {
        var wait = policy(definition).after(claimed.tries() + 1, failed.after(), RandomGenerator.getDefault());
        if (wait == null) {
          dies(tx, claimed, definition, event, failed.tried());
        } else {
          note(tx, claimed, "failed", true, failed.tried(), DeliveryStore.again(tx, claimed, wait, failed.tried().error(), true));
        }
      }
      case Outcome.Disabled disabled -> {
        // Before the delivery's row, and in this order, as all do who change subscriptions.
        var cursor = SubscriptionStore.hold(tx);
        SubscriptionStore.keep(tx, definition.id());
        note(tx, claimed, "disabled", true, disabled.tried(), DeliveryStore.again(tx, claimed, Duration.ZERO, disabled.reason(), true));
        SubscriptionStore.changed(tx);
        Stops.disable(tx, wakeUps, definition, disabled.reason(), cursor.position());
      }
    }
  }

  private RetryPolicy policy(Definition definition) {
    return definition.target() == Target.WEBHOOK ? webhookPolicy : innerPolicy;
  }

  private void note(Sql tx, Claimed claimed, String outcome, boolean counted, Tried tried, @Nullable Integer number) {
    if (number == null) {
      throw new Lost();
    }
    // A first try that went well has left its traces elsewhere.
    if (number > 1 || !outcome.equals("delivered") || tried.statusCode() != null) {
      DeliveryStore.note(tx, claimed.id(), number, outcome, counted, tried, node);
    }
  }

  private void dies(Tx tx, Claimed claimed, Definition definition, @Nullable Happened event, Tried tried) {
    note(tx, claimed, "dead", true, tried, DeliveryStore.end(tx, claimed, DeliveryStatus.DEAD, tried.error(), null, true));
    var detail = JsonNodeFactory.instance.objectNode().put("delivery_id", claimed.id().toString())
        .put("subscription_id", definition.id().toString()).put("event_id", claimed.eventId().toString()).put("target", definition.target().wire())
        .put("tries", claimed.tries() + 1).put("error", tried.error());
    if (event != null) {
      detail.put("topic", event.topic()).put("event_namespace", event.namespace());
    }
    SubscriptionStore.journal(tx, definition.namespaceId(), definition.actor(), "delivery_dead", detail);
    tx.afterCommit(wakeUps::news);
  }
}
