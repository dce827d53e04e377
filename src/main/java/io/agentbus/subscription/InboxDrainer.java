package io.agentbus.subscription;

import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.event.EventLog;
import io.agentbus.op.EventFeed;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the inbox drainer of one node does, without its clock: hand events out, let others catch up, deliver, clear away. */
public final class InboxDrainer {
  private static final int SWEEP = 1_000;

  private final Database database;
  private final EventLog log;
  private final WakeUps wakeUps;
  private final InboxDrainerConfig config;
  private final FanOut fanOut;
  private final CatchUp catchUp;
  private final Drain drain;
  private volatile @Nullable Runnable wakeDrain;

  /** @param node name of this node */
  public InboxDrainer(Database database, EventLog log, WakeUps wakeUps, Targets targets, InboxDrainerConfig config, String node) {
    this.database = database;
    this.log = log;
    this.wakeUps = wakeUps;
    this.config = config;
    this.fanOut = new FanOut(database, targets.inbox(), wakeUps, config, true);
    this.catchUp = new CatchUp(database, new FanOut(database, targets.inbox(), wakeUps, config, false), wakeUps, config);
    this.drain = new Drain(database, targets, wakeUps, config, node, this::due);
  }

  /** Calls {@code wake} when deliveries may be due; it must not wait. */
  void onDue(Runnable wake) {
    wakeDrain = wake;
  }

  /** Whether news of events are worth a look. Any thread. */
  boolean wantsNews() {
    return fanOut.served();
  }

  /** Hands new events out. Virtual threads only, as all below. */
  void handOut() {
    if (fanOut.run(log.newestKnown()) > 0) {
      due();
    }
  }

  /** A page for each that must catch up. @return how long until the next look */
  Duration catchUp() {
    var waiting = catchUp.run();
    if (waiting > 0) {
      due();
    }
    return waiting < 0 ? config.poll() : Duration.ZERO;
  }

  /** Sets what is due under way. @return how long until more may be */
  Duration deliver() {
    return drain.run();
  }

  /** Removes what was delivered long ago, and dead letters that are too old or too many. */
  void sweep() {
    sweepDead();
    while (database.run("delivery.sweep", DeliveryStore.tuple(config.keepDelivered().toMillis() / 1_000.0, SWEEP)).size() == SWEEP) {
      // There may be more.
    }
  }

  private void sweepDead() {
    var removed = 0L;
    do {
      removed = database.run("delivery.sweep_dead", DeliveryStore.tuple(config.keepDead().toMillis() / 1_000.0, (long) config.deadMax(), (long) SWEEP))
          .iterator().next().getLong("removed");
      if (removed > 0) {
        wakeUps.news();
      }
    } while (removed >= SWEEP);
  }

  EventFeed.Subscription onNews(Runnable wake) {
    return log.onNews(wake);
  }

  /** Calls {@code wake} when what waited for a full box may go on; it must not wait. */
  void onRoom(Runnable wake) {
    wakeUps.hearRoom(wake);
  }

  void onChanges(Runnable wake) {
    wakeUps.hearChanges(wake);
  }

  /** Done when what is under way has ended. */
  Future<Void> stop() {
    return drain.stop();
  }

  private void due() {
    var wake = wakeDrain;
    if (wake != null) {
      wake.run();
    }
  }
}
