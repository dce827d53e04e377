package io.agentbus.subscription;

import io.agentbus.cel.EventFacts;
import io.agentbus.db.Database;
import io.agentbus.db.Tx;
import io.agentbus.inbox.NewMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns events into deliveries. The live subscriptions share one cursor: whichever node holds its row reads a page of events, writes a
 * delivery for each subscription that means an event, and moves the cursor, all in one transaction, so that no event is handed out twice or
 * left out. What goes to an inbox is put there in the same transaction. One loop runs it.
 */
final class FanOut {
  private static final Logger LOG = LoggerFactory.getLogger(FanOut.class);
  /** Positions looked at in one statement where only events of callers can match. */
  private static final int STRETCH = 20_000;
  /** After so many new deliveries that wait, those of a subscription are counted. */
  private static final int COUNT_EVERY = 500;

  /** An event that a subscription means. */
  record Pair(Matcher subscription, Happened event) {}

  /**
   * What a page came to.
   *
   * @param position everything up to here was handed out
   * @param waiting how many deliveries wait for their target
   */
  record Handed(long position, int waiting) {
    static final Handed NOTHING = new Handed(-1, 0);
  }

  private final Database database;
  private final InboxTarget inbox;
  private final InboxDrainerConfig config;
  private final Map<UUID, Integer> added = new HashMap<>();
  private List<Matcher> live = List.of();
  private long version = -1;
  /** Whether messages are put into boxes at once; not after a failure, so that one message cannot hold up all events. */
  private boolean direct;
  private volatile boolean served = true;

  /** @param direct whether messages are put into boxes at once */
  FanOut(Database database, InboxTarget inbox, InboxDrainerConfig config, boolean direct) {
    this.database = database;
    this.inbox = inbox;
    this.config = config;
    this.direct = direct;
  }

  /** Whether anybody was served when it was last looked at: if not, news mean nothing. Any thread. */
  boolean served() {
    return served;
  }

  /**
   * Hands out pages until there is nothing new or another node does it.
   *
   * @param newestKnown the newest position that this node has heard of; 0 = none yet
   * @return deliveries that wait for their target
   */
  int run(long newestKnown) {
    if (!served) {
      served = SubscriptionStore.look(database).served();
      if (!served) {
        return 0;
      }
    }
    var newest = newestKnown > 0 ? newestKnown : SubscriptionStore.bounds(database).newest();
    var waiting = 0;
    var handed = page(newest);
    while (handed.position() >= 0) {
      waiting += handed.waiting();
      if (handed.position() >= newest) {
        return waiting;
      }
      handed = page(newest);
    }
    return waiting;
  }

  private Handed page(long newest) {
    try {
      var handed = database.inTransaction(tx -> {
        var cursor = SubscriptionStore.take(tx);
        if (cursor == null) {
          return Handed.NOTHING;
        }
        if (cursor.version() != version) {
          reload(tx, cursor.version());
        }
        served = !live.isEmpty();
        if (live.isEmpty()) {
          return Handed.NOTHING;
        }
        return cursor.position() >= newest ? new Handed(cursor.position(), 0) : handOut(tx, live, cursor.position(), newest, true);
      });
      direct = true;
      return handed;
    } catch (RuntimeException failure) {
      if (!direct) {
        throw failure;
      }
      LOG.atWarn().setCause(failure).log("events could not be put into inboxes at once; they go there one by one");
      direct = false;
      return page(newest);
    }
  }

  private void reload(Tx tx, long now) {
    var before = new HashMap<UUID, Matcher>();
    live.forEach(matcher -> before.put(matcher.definition().id(), matcher));
    live = SubscriptionStore.live(tx).stream().map(one -> Matcher.of(one, before.get(one.id()))).toList();
    version = now;
    added.keySet().retainAll(live.stream().map(matcher -> matcher.definition().id()).toList());
  }

  /**
   * Writes the deliveries of the events behind a position.
   *
   * @param shared whether the shared cursor moves, which the transaction holds
   */
  Handed handOut(Tx tx, List<Matcher> matchers, long position, long newest, boolean shared) {
    var emittedOnly = matchers.stream().allMatch(matcher -> matcher.topic().emittedOnly());
    var to = Math.min(newest, position + (emittedOnly ? STRETCH : config.pageSize()));
    var events = SubscriptionStore.page(tx, emittedOnly, position, to, config.pageSize(), exactTopics(matchers));
    var reached = events.size() == config.pageSize() ? events.getLast().position() : to;
    var waiting = write(tx, allowed(tx, pairs(matchers, events)));
    if (shared) {
      SubscriptionStore.advance(tx, reached);
      holdBack(tx, reached);
    }
    return new Handed(reached, waiting);
  }

  private static String @Nullable [] exactTopics(List<Matcher> matchers) {
    return matchers.stream().allMatch(matcher -> matcher.topic().exact())
        ? matchers.stream().map(matcher -> matcher.topic().value()).distinct().toArray(String[]::new) : null;
  }

  static List<Pair> pairs(List<Matcher> matchers, List<Happened> events) {
    var pairs = new ArrayList<Pair>();
    for (var event : events) {
      EventFacts facts = event.facts();
      for (var matcher : matchers) {
        if (matcher.against(event, facts) == null) {
          pairs.add(new Pair(matcher, event));
        }
      }
    }
    return pairs;
  }

  /** Leaves out what an owner may not see now, and what a subscription caused itself. */
  static List<Pair> allowed(Tx tx, List<Pair> pairs) {
    if (pairs.isEmpty()) {
      return pairs;
    }
    var terms = SubscriptionStore.terms(tx, pairs.stream().map(pair -> pair.subscription().definition().id()).distinct().toList());
    var jobs = new HashSet<UUID>();
    for (var pair : pairs) {
      if (mayBeItsOwn(pair)) {
        jobs.add(pair.event().sourceJobId());
      }
    }
    var makers = jobs.isEmpty() ? Map.<UUID, List<JobTarget.Maker>>of() : JobTarget.makers(tx, jobs);
    return pairs.stream().filter(pair -> {
      var id = pair.subscription().definition().id();
      var owner = terms.get(id);
      return owner != null && owner.sees(pair.event().namespace()) && !(mayBeItsOwn(pair)
          && makers.getOrDefault(pair.event().sourceJobId(), List.of()).stream().anyMatch(maker -> maker.subscription().equals(id)));
    }).toList();
  }

  private static boolean mayBeItsOwn(Pair pair) {
    return pair.event().sourceJobId() != null && pair.event().topic().startsWith("job.")
        && pair.subscription().definition().target() == Target.JOB;
  }

  private int write(Tx tx, List<Pair> pairs) {
    if (pairs.isEmpty()) {
      return 0;
    }
    var messages = new ArrayList<NewMessage>();
    for (var pair : pairs) {
      if (atOnce(pair)) {
        messages.add(inbox.message(pair.subscription().definition(), pair.event()));
      }
    }
    // Before the rows: the boxes are held from here on, and rows of deliveries are nobody else's.
    var outcomes = messages.isEmpty() ? List.<Outcome>of() : inbox.deliver(tx, messages);
    var deliveries = new ArrayList<DeliveryStore.New>(pairs.size());
    var next = 0;
    var waiting = 0;
    for (var pair : pairs) {
      var one = atOnce(pair) ? delivery(pair, outcomes.get(next++)) : new DeliveryStore.New(pair.subscription().definition(), pair.event(), false, null,
          null, Duration.ZERO);
      deliveries.add(one);
      if (!one.done()) {
        waiting++;
        added.merge(pair.subscription().definition().id(), 1, Integer::sum);
      }
    }
    DeliveryStore.add(tx, deliveries);
    return waiting;
  }

  private boolean atOnce(Pair pair) {
    var definition = pair.subscription().definition();
    return direct && definition.target() == Target.INBOX && !definition.ordered();
  }

  private static DeliveryStore.New delivery(Pair pair, Outcome outcome) {
    var definition = pair.subscription().definition();
    return switch (outcome) {
      case Outcome.Delivered delivered -> new DeliveryStore.New(definition, pair.event(), true, null,
          delivered.result() == null ? null : delivered.result().toString(), Duration.ZERO);
      case Outcome.Postponed postponed -> new DeliveryStore.New(definition, pair.event(), false, postponed.why(), null, postponed.after());
      default -> new DeliveryStore.New(definition, pair.event(), false, null, null, Duration.ZERO);
    };
  }

  /** Lets subscriptions with as many waiting deliveries as they may have go on by themselves, once those are fewer. */
  private void holdBack(Tx tx, long position) {
    var many = added.entrySet().stream().filter(entry -> entry.getValue() >= Math.min(COUNT_EVERY, config.backlogMax())).map(Map.Entry::getKey).toList();
    if (many.isEmpty()) {
      return;
    }
    added.keySet().removeAll(many);
    var full = new ArrayList<UUID>();
    DeliveryStore.pending(tx, many, config.backlogMax()).forEach((id, pending) -> {
      if (pending >= config.backlogMax()) {
        full.add(id);
      }
    });
    if (!full.isEmpty()) {
      SubscriptionStore.goBehind(tx, full, position);
      SubscriptionStore.changed(tx);
      version = -1;
    }
  }
}
