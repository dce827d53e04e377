package io.agentbus.subscription;

import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.problem.ProblemException;
import io.agentbus.subscription.Sifted.Stop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings subscriptions that are behind up to the shared cursor, page by page, each from its own position, and lets them join the live
 * ones there. One that has too many deliveries waiting rests until half of them are gone; one whose page fails is held, and the others go on.
 * Owners take turns, so that many costly ones of one do not hold up another's. Several nodes may do it at once: a row is held while its page
 * is written. One loop runs it.
 */
final class CatchUp {
  private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
  private static final int AT_ONCE = 32;
  /** Subscriptions of which it is known that their pages should be smaller. */
  private static final int ROWS_KNOWN = 1_000;

  private final Database database;
  private final FanOut fanOut;
  private final WakeUps wakeUps;
  private final InboxDrainerConfig config;
  private final Map<UUID, PageRows> rows = new HashMap<>();

  CatchUp(Database database, FanOut fanOut, WakeUps wakeUps, InboxDrainerConfig config) {
    this.database = database;
    this.fanOut = fanOut;
    this.wakeUps = wakeUps;
    this.config = config;
  }

  /**
   * A round: one page of each of some. An owner whose filters took what a page may has the rest of them in later rounds.
   *
   * @return how many deliveries wait for their target; -1 when nobody had anything to catch up with
   */
  int run() {
    var look = SubscriptionStore.look(database);
    if (!look.behind()) {
      return -1;
    }
    if (rows.size() > ROWS_KNOWN) {
      rows.clear();
    }
    var spent = new HashMap<String, Long>();
    var moved = false;
    var waiting = 0;
    for (var one : SubscriptionStore.behind(database, Math.max(1, config.backlogMax() / 2), AT_ONCE)) {
      if (spent.getOrDefault(one.owner(), 0L) < Sifted.OWN_PAGE_STEPS) {
        var page = pageOrHold(one.id());
        spent.merge(one.owner(), page.steps(), Long::sum);
        moved |= page.moved();
        waiting += page.waiting();
      }
    }
    return moved ? waiting : -1;
  }

  /** @param moved whether there is reason to look again at once */
  private record Page(boolean moved, int waiting, long steps) {
    static final Page NONE = new Page(false, 0, 0);
    /** What failed took its owner's turn. */
    static final Page HELD = new Page(true, 0, Sifted.OWN_PAGE_STEPS);
  }

  private Page pageOrHold(UUID id) {
    try {
      return page(id);
    } catch (RuntimeException failure) {
      rows.computeIfAbsent(id, _ -> new PageRows(config.pageSize())).failed();
      LOG.atWarn().setCause(failure).addKeyValue("subscription", id).log("a subscription that must catch up is held, because a page of it failed");
      try {
        return hold(id, failure);
      } catch (RuntimeException second) {
        // It is not this one alone: the database is away.
        failure.addSuppressed(second);
        throw failure;
      }
    }
  }

  private Page hold(UUID id, RuntimeException failure) {
    var why = failure instanceof ProblemException problem ? String.valueOf(problem.getMessage()) : "an internal error, which the log of the node tells";
    return database.inTransaction(tx -> {
      var definition = SubscriptionStore.holdBehind(tx, id);
      if (definition == null) {
        return Page.NONE;
      }
      Stops.write(tx, wakeUps, List.of(new Stop(Matcher.of(definition), definition.position(), "what it is to be told could not be written: " + why
          + " It goes on by itself, with fewer events at once", false)));
      return Page.HELD;
    });
  }

  private Page page(UUID id) {
    // The bounds come first: what is older than the oldest may be gone by the time of the page, but not the other way round.
    var bounds = SubscriptionStore.bounds(database);
    var look = SubscriptionStore.look(database);
    var target = look.served() ? look.position() : bounds.newest();
    var ofPage = rows.getOrDefault(id, new PageRows(config.pageSize()));
    var page = database.inTransaction(tx -> {
      var definition = SubscriptionStore.holdBehind(tx, id);
      if (definition == null) {
        return null;
      }
      var missed = definition.position() < bounds.oldest() - 1 && definition.position() > 0 ? (Long) (bounds.oldest() - 1) : null;
      var from = Math.max(definition.position(), bounds.oldest() - 1);
      if (from >= target) {
        // Kept, or whoever stands before events that were removed would be taken for behind again and again.
        SubscriptionStore.moveTo(tx, id, from, missed);
        return new FanOut.Handed(from, 0, List.of(), 0);
      }
      var matcher = Matcher.of(definition);
      if (!SubscriptionStore.terms(tx, List.of(id)).containsKey(id)) {
        var held = List.of(new Stop(matcher, from, Sifted.ownerless(definition), false));
        Stops.write(tx, wakeUps, held);
        return new FanOut.Handed(from, 0, held, 0);
      }
      var handed = fanOut.handOut(tx, List.of(matcher), from, target, ofPage, Sifted.OWN_PAGE_STEPS, false);
      if (handed.stopped().isEmpty()) {
        SubscriptionStore.moveTo(tx, id, handed.position(), missed);
        return handed;
      }
      var stop = handed.stopped().getFirst();
      if (stop.reason() == null) {
        SubscriptionStore.moveTo(tx, id, stop.position(), missed);
      } else {
        Stops.write(tx, wakeUps, List.of(stop));
      }
      return new FanOut.Handed(stop.position(), handed.waiting(), stop.reason() == null ? List.of() : handed.stopped(), handed.steps());
    });
    if (page == null) {
      return Page.NONE;
    }
    ofPage.succeeded();
    if (ofPage.rows() < config.pageSize()) {
      rows.put(id, ofPage);
    } else {
      rows.remove(id);
    }
    if (page.stopped().isEmpty() && page.position() >= target) {
      join(id);
    }
    return new Page(true, page.waiting(), page.steps());
  }

  /** Lets a subscription be served from the shared cursor if it stands there, and has not moved on meanwhile. */
  private void join(UUID id) {
    database.inTransaction(tx -> {
      var cursor = SubscriptionStore.hold(tx);
      var look = SubscriptionStore.look(tx);
      var definition = SubscriptionStore.definition(tx, id);
      if (definition == null || look.served() && definition.position() < cursor.position()) {
        return false;
      }
      var position = definition.position();
      if (!look.served()) {
        // Nobody was served, so the cursor stood still: it goes on from where this one is. A higher one cannot be before this one.
        if (position < cursor.position()) {
          return false;
        }
        SubscriptionStore.advance(tx, position);
      }
      var joined = SubscriptionStore.goLive(tx, id, position);
      if (joined) {
        SubscriptionStore.changed(tx);
        LOG.atDebug().addKeyValue("subscription", id).addKeyValue("position", position).log("a subscription has caught up");
      }
      return joined;
    });
  }
}
