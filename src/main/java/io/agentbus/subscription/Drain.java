package io.agentbus.subscription;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.id.Ids;
import io.agentbus.problem.ProblemException;
import io.agentbus.subscription.DeliveryStore.Claimed;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
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
  private static final UUID FIRST = new UUID(0, 0);

  /** Another node has the delivery: what this one did for it within the bus is rolled back. */
  private static final class Lost extends RuntimeException {
    Lost() {
      super("another claim has the delivery", null, false, false);
    }
  }

  /** What a claim came to. */
  private record Taken(List<UUID> open, List<Claimed> claimed, Map<UUID, Definition> definitions, Map<UUID, SubscriptionStore.Terms> terms,
      Map<Long, Happened> events) {}

  private final Database database;
  private final Targets targets;
  private final WakeUps wakeUps;
  private final InboxDrainerConfig config;
  private final String node;
  private final RetryPolicy webhookPolicy;
  private final RetryPolicy innerPolicy;
  private final Runnable freed;
  private final Map<UUID, Thread> underWay = new ConcurrentHashMap<>();
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
  }

  /** Takes what is due and sets it under way. @return how long until more may be due */
  Duration run() {
    var idle = 0;
    while (!stopping) {
      var room = config.inFlightMax() - underWay.size();
      if (room < 1) {
        return config.poll();
      }
      var taken = take(Math.min(room, CLAIM));
      after = taken.open().size() < SUBSCRIPTIONS ? FIRST : taken.open().getLast();
      taken.claimed().forEach(delivery -> begin(delivery, taken));
      idle = taken.claimed().isEmpty() ? idle + 1 : 0;
      // Those that are open and gave nothing have as many under way as they may; each has had its turn after so many looks.
      if (taken.claimed().isEmpty() && (after.equals(FIRST) || idle > 50)) {
        return nextDue();
      }
    }
    return config.poll();
  }

  /** Begins nothing more. @return done when what is under way has ended */
  Future<Void> stop() {
    stopping = true;
    if (underWay.isEmpty()) {
      ended.tryComplete();
    }
    return ended.future();
  }

  private Duration nextDue() {
    var seconds = database.run("delivery.next_due", DeliveryStore.tuple()).iterator().next().getDouble("seconds");
    if (seconds == null) {
      return config.poll();
    }
    // What is due and was not to be had waits for its endpoint or for a pause, and whoever ends either wakes this loop, but for a rate.
    var pause = seconds <= 0 ? DUE_BUT_HELD : Duration.ofMillis(Math.max((long) (seconds * 1_000), 20));
    return pause.compareTo(config.poll()) < 0 ? pause : config.poll();
  }

  private Taken take(int most) {
    return database.inTransaction(tx -> {
      // A statement of its own: the next one's snapshot then holds what other nodes have claimed of these.
      var open = DeliveryStore.lockOpen(tx, after, SUBSCRIPTIONS);
      if (open.isEmpty()) {
        return new Taken(open, List.of(), Map.of(), Map.of(), Map.of());
      }
      var claimed = DeliveryStore.claim(tx, open, Ids.next(), config.lease(), most);
      if (claimed.isEmpty()) {
        return new Taken(open, claimed, Map.of(), Map.of(), Map.of());
      }
      var ids = claimed.stream().map(Claimed::subscriptionId).distinct().toList();
      var events = new HashMap<Long, Happened>();
      SubscriptionStore.events(tx, claimed.stream().map(Claimed::journalId).distinct().toList()).forEach(event -> events.put(event.journalId(), event));
      return new Taken(open, claimed, SubscriptionStore.definitions(tx, ids), SubscriptionStore.terms(tx, ids), events);
    });
  }

  private void begin(Claimed delivery, Taken taken) {
    var thread = Thread.ofVirtual().name("delivery-" + delivery.id()).unstarted(() -> {
      try {
        deliver(delivery, taken);
      } catch (RuntimeException failure) {
        // The lease brings it back: to try at once what failed like this would be to try without end.
        LOG.atWarn().setCause(failure).addKeyValue("delivery", delivery.id()).log("what became of a delivery could not be written down");
      } finally {
        underWay.remove(delivery.id());
        if (stopping && underWay.isEmpty()) {
          ended.tryComplete();
        }
        freed.run();
      }
    });
    underWay.put(delivery.id(), thread);
    thread.start();
  }

  private void deliver(Claimed claimed, Taken taken) {
    var definition = taken.definitions().get(claimed.subscriptionId());
    if (definition == null) {
      return;
    }
    var event = taken.events().get(claimed.journalId());
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
      record(claimed, definition, event, outside(definition, delivery));
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

  private Outcome outside(Definition definition, Delivery delivery) {
    try {
      return switch (definition.target()) {
        case WEBHOOK -> targets.webhook().send(delivery);
        case BUS -> targets.bus().send(definition, delivery);
        case INBOX, JOB, SSE -> new Outcome.Dead(Tried.failed("a subscription to " + definition.target().wire() + " has no deliveries"));
      };
    } catch (RuntimeException failure) {
      return failed(failure);
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
      case Outcome.Dead dead -> dies(tx, claimed, definition, event, dead.tried());
      case Outcome.Failed failed -> {
        var policy = definition.target() == Target.WEBHOOK ? webhookPolicy : innerPolicy;
        var wait = policy.after(claimed.tries() + 1, failed.after(), RandomGenerator.getDefault());
        if (wait == null) {
          dies(tx, claimed, definition, event, failed.tried());
        } else {
          note(tx, claimed, "failed", true, failed.tried(), DeliveryStore.again(tx, claimed, wait, failed.tried().error(), true));
        }
      }
      case Outcome.Disabled disabled -> {
        // Before the delivery's row, as all do who change subscriptions.
        var cursor = SubscriptionStore.hold(tx);
        note(tx, claimed, "disabled", true, disabled.tried(), DeliveryStore.again(tx, claimed, Duration.ZERO, disabled.reason(), true));
        SubscriptionStore.changed(tx);
        Stops.disable(tx, wakeUps, definition, disabled.reason(), cursor.position());
      }
    }
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
