package io.agentbus.subscription;

import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.subscription.Sifted.Stop;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings subscriptions that are behind up to the shared cursor, page by page, each from its own position, and lets them join the live
 * ones there. One that has too many deliveries waiting rests until half of them are gone. Several nodes may do it at once: a row is held
 * while its page is written. One loop runs it.
 */
final class CatchUp {
  private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
  private static final int AT_ONCE = 32;
  private static final UUID FIRST = new UUID(0, 0);

  private final Database database;
  private final FanOut fanOut;
  private final WakeUps wakeUps;
  private final InboxDrainerConfig config;
  private UUID after = FIRST;

  CatchUp(Database database, FanOut fanOut, WakeUps wakeUps, InboxDrainerConfig config) {
    this.database = database;
    this.fanOut = fanOut;
    this.wakeUps = wakeUps;
    this.config = config;
  }

  /**
   * One page of each of some.
   *
   * @return how many deliveries wait for their target; -1 when nobody had anything to catch up with
   */
  int run() {
    var look = SubscriptionStore.look(database);
    if (!look.behind()) {
      return -1;
    }
    var some = SubscriptionStore.behind(database, Math.max(1, config.backlogMax() / 2), after, AT_ONCE);
    after = some.size() < AT_ONCE ? FIRST : some.getLast();
    var moved = false;
    var waiting = 0;
    for (var id : some) {
      var page = page(id);
      moved |= page.moved();
      waiting += page.waiting();
    }
    return moved || after != FIRST ? waiting : -1;
  }

  private record Page(boolean moved, int waiting) {}

  private Page page(UUID id) {
    // The bounds come first: what is older than the oldest may be gone by the time of the page, but not the other way round.
    var bounds = SubscriptionStore.bounds(database);
    var look = SubscriptionStore.look(database);
    var target = look.served() ? look.position() : bounds.newest();
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
        return new FanOut.Handed(from, 0, List.of());
      }
      var matcher = Matcher.of(definition);
      if (!SubscriptionStore.terms(tx, List.of(id)).containsKey(id)) {
        Stops.write(tx, wakeUps, List.of(new Stop(matcher, from, Sifted.ownerless(definition), false)));
        return null;
      }
      var handed = fanOut.handOut(tx, List.of(matcher), from, target, Sifted.OWN_PAGE_STEPS, false);
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
      return new FanOut.Handed(stop.position(), handed.waiting(), stop.reason() == null ? List.of() : handed.stopped());
    });
    if (page == null) {
      return new Page(false, 0);
    }
    return new Page(page.stopped().isEmpty() && (page.position() < target || join(id)), page.waiting());
  }

  /** Lets a subscription be served from the shared cursor if it stands there. @return false when the cursor has moved on meanwhile, or it is gone */
  private boolean join(UUID id) {
    return database.inTransaction(tx -> {
      var cursor = SubscriptionStore.hold(tx);
      var look = SubscriptionStore.look(tx);
      var definition = SubscriptionStore.definition(tx, id);
      if (definition == null || look.served() && definition.position() < cursor.position()) {
        return definition != null;
      }
      var position = definition.position();
      if (!look.served()) {
        // Nobody was served, so the cursor stood still: it goes on from where this one is. A higher one cannot be before this one.
        if (position < cursor.position()) {
          return true;
        }
        SubscriptionStore.advance(tx, position);
      }
      if (SubscriptionStore.goLive(tx, id, position)) {
        SubscriptionStore.changed(tx);
        LOG.atDebug().addKeyValue("subscription", id).addKeyValue("position", position).log("a subscription has caught up");
      }
      return false;
    });
  }
}
