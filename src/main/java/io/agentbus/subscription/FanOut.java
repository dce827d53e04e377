package io.agentbus.subscription;

import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.db.Tx;
import io.agentbus.inbox.NewMessage;
import io.agentbus.subscription.Sifted.Pair;
import io.agentbus.subscription.Sifted.Stop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  /**
   * What a page came to.
   *
   * @param position everything up to here was handed out
   * @param waiting how many deliveries wait for their target
   * @param stopped who was not served to the end
   * @param steps what its filters cost
   */
  record Handed(long position, int waiting, List<Stop> stopped, long steps) {
    static final Handed NOTHING = new Handed(-1, 0, List.of(), 0);
  }

  private final Database database;
  private final InboxTarget inbox;
  private final WakeUps wakeUps;
  private final InboxDrainerConfig config;
  private final Map<UUID, Integer> added = new HashMap<>();
  private List<Matcher> live = List.of();
  private long version = -1;
  private final PageRows rows;
  /** Whether messages are put into boxes at once; not after a failure, so that one message cannot hold up all events. */
  private boolean direct;
  private volatile boolean served = true;

  /** @param direct whether messages are put into boxes at once */
  FanOut(Database database, InboxTarget inbox, WakeUps wakeUps, InboxDrainerConfig config, boolean direct) {
    this.database = database;
    this.inbox = inbox;
    this.wakeUps = wakeUps;
    this.rows = new PageRows(config.pageSize());
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
        return cursor.position() >= newest ? new Handed(cursor.position(), 0, List.of(), 0) : shared(tx, cursor, newest);
      });
      direct = true;
      rows.succeeded();
      return handed;
    } catch (RuntimeException failure) {
      rows.failed();
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

  /** A page for all that are live, and the shared cursor moves, which the transaction holds. */
  private Handed shared(Tx tx, SubscriptionStore.Cursor cursor, long newest) {
    var handed = handOut(tx, live, cursor.position(), newest, rows, Sifted.PAGE_STEPS, cursor.paused());
    SubscriptionStore.advance(tx, handed.position());
    if (!handed.stopped().isEmpty()) {
      stop(tx, handed.stopped());
    }
    holdBack(tx, handed.position());
    return handed;
  }

  /**
   * Writes the deliveries of the events behind a position.
   *
   * @param rows how many events to read
   * @param steps of filters, behind which it ends
   * @param paused whether some namespace is, so that it matters whose
   */
  Handed handOut(Tx tx, List<Matcher> matchers, long position, long newest, PageRows rows, long steps, boolean paused) {
    var emittedOnly = matchers.stream().allMatch(matcher -> matcher.topic().emittedOnly());
    var to = Math.min(newest, position + (emittedOnly ? STRETCH : config.pageSize()));
    var page = SubscriptionStore.page(tx, emittedOnly, position, to, rows.rows(), exactTopics(matchers));
    rows.read(page.events().size(), page.full());
    var sifted = allowed(tx, Sifted.of(matchers, page, steps));
    return new Handed(sifted.reached(), write(tx, sifted.pairs(), paused), sifted.stopped(), sifted.steps());
  }

  private static String @Nullable [] exactTopics(List<Matcher> matchers) {
    return matchers.stream().allMatch(matcher -> matcher.topic().exact())
        ? matchers.stream().map(matcher -> matcher.topic().value()).distinct().toArray(String[]::new) : null;
  }

  /** Leaves out what an owner may not see now, and what a subscription caused itself. */
  static Sifted allowed(Tx tx, Sifted sifted) {
    if (sifted.pairs().isEmpty()) {
      return sifted;
    }
    var terms = SubscriptionStore.terms(tx, sifted.pairs().stream().map(pair -> pair.subscription().definition().id()).distinct().toList());
    var owned = sifted.ownedBy(terms);
    var pairs = owned.pairs();
    var jobs = new HashSet<UUID>();
    for (var pair : pairs) {
      if (mayBeItsOwn(pair)) {
        jobs.add(pair.event().sourceJobId());
      }
    }
    var makers = jobs.isEmpty() ? Map.<UUID, List<JobTarget.Maker>>of() : JobTarget.makers(tx, jobs);
    var kept = pairs.stream().filter(pair -> {
      var id = pair.subscription().definition().id();
      return Objects.requireNonNull(terms.get(id)).sees(pair.event().namespace()) && !(mayBeItsOwn(pair)
          && makers.getOrDefault(pair.event().sourceJobId(), List.of()).stream().anyMatch(maker -> maker.subscription().equals(id)));
    }).toList();
    return new Sifted(kept, owned.reached(), owned.stopped(), owned.steps());
  }

  private static boolean mayBeItsOwn(Pair pair) {
    return pair.event().sourceJobId() != null && pair.event().topic().startsWith("job.")
        && pair.subscription().definition().target() == Target.JOB;
  }

  private int write(Tx tx, List<Pair> pairs, boolean paused) {
    if (pairs.isEmpty()) {
      return 0;
    }
    var open = paused ? SubscriptionStore.open(tx, pairs.stream().map(pair -> pair.subscription().definition().id()).distinct().toList()) : null;
    var messages = new ArrayList<NewMessage>();
    var atOnce = new BitSet();
    var work = 0L;
    var bytes = 0L;
    for (var i = 0; i < pairs.size(); i++) {
      // Titles are evaluated and messages held while the cursor is: those of costly and of large ones go by and by, each in its own delivery.
      if (work < Sifted.PAGE_STEPS && bytes < SubscriptionStore.BYTES && atOnce(pairs.get(i)) && (open == null || open.contains(pairs.get(i).subscription().definition().id()))) {
        var room = inbox.room();
        messages.add(inbox.message(pairs.get(i).subscription().definition(), pairs.get(i).event(), room));
        atOnce.set(i);
        work += room.steps();
        bytes += pairs.get(i).event().payload().length();
      }
    }
    // Before the rows: the boxes are held from here on, and rows of deliveries are nobody else's.
    var outcomes = messages.isEmpty() ? List.<Outcome>of() : inbox.deliver(tx, messages);
    var deliveries = new ArrayList<DeliveryStore.New>(pairs.size());
    var full = new HashMap<UUID, Integer>();
    var next = 0;
    var waiting = 0;
    for (var i = 0; i < pairs.size(); i++) {
      var pair = pairs.get(i);
      var outcome = atOnce.get(i) ? outcomes.get(next++) : null;
      if (outcome instanceof Outcome.BoxFull box) {
        full.put(pair.subscription().definition().id(), box.agentNo());
      }
      var one = outcome != null ? delivery(pair, outcome) : new DeliveryStore.New(pair.subscription().definition(), pair.event(), false, null,
          null, Duration.ZERO);
      deliveries.add(one);
      if (!one.done()) {
        waiting++;
        added.merge(pair.subscription().definition().id(), 1, Integer::sum);
      }
    }
    DeliveryStore.add(tx, deliveries);
    full.forEach((id, agentNo) -> SubscriptionStore.boxFull(tx, id, agentNo));
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
      case Outcome.BoxFull full -> new DeliveryStore.New(definition, pair.event(), false, full.why(), null, Duration.ZERO);
      default -> new DeliveryStore.New(definition, pair.event(), false, null, null, Duration.ZERO);
    };
  }

  /** Those go on by themselves, at once, later, or when somebody says so. */
  private void stop(Tx tx, List<Stop> stops) {
    added.keySet().removeAll(stops.stream().map(Stop::id).toList());
    Stops.write(tx, wakeUps, stops);
    SubscriptionStore.changed(tx);
    version = -1;
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
