package io.agentbus.subscription;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Tx;
import io.agentbus.subscription.Sifted.Stop;
import io.vertx.sqlclient.Tuple;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;

/** Writes down who is not served on for now, and why, and tells of it. */
final class Stops {
  private Stops() {}

  /**
   * Lets subscriptions go on by themselves from where they were stopped: at once, later, or when they are resumed.
   *
   * @param tx holds the shared cursor where they are live, else their rows
   */
  static void write(Tx tx, WakeUps wakeUps, List<Stop> stops) {
    var wait = Sifted.HOLD.toMillis() / 1_000.0;
    var rows = tx.run("subscription.stop", Tuple.tuple().addArrayOfUUID(stops.stream().map(Stop::id).toArray(UUID[]::new))
        .addArrayOfLong(stops.stream().map(Stop::position).toArray(Long[]::new))
        .addArrayOfDouble(stops.stream().map(stop -> stop.reason() == null || stop.disabled() ? null : (Double) wait).toArray(Double[]::new))
        .addArrayOfString(stops.stream().map(Stop::reason).toArray(String[]::new)));
    var fresh = new HashSet<UUID>();
    rows.forEach(row -> {
      if (row.getBoolean("fresh")) {
        fresh.add(row.getUUID("id"));
      }
    });
    for (var stop : stops) {
      if (stop.disabled()) {
        disable(tx, wakeUps, stop.subscription().definition(), String.valueOf(stop.reason()), stop.position());
      } else if (stop.reason() != null && fresh.contains(stop.id())) {
        tell(tx, wakeUps, stop.subscription().definition(), "hold_subscription", stop.reason());
      }
    }
    tx.afterCommit(wakeUps::changes);
  }

  /**
   * Serves one no more until it is resumed. Where it may be live, the transaction holds the cursor, and says that something has changed.
   *
   * @param position from which it goes on then, if it was live
   */
  static void disable(Tx tx, WakeUps wakeUps, Definition definition, String reason, long position) {
    if (SubscriptionStore.setStatus(tx, definition.id(), SubscriptionStatus.DISABLED, reason, position)) {
      tell(tx, wakeUps, definition, "disable_subscription", reason);
      tx.afterCommit(wakeUps::changes);
    }
  }

  private static void tell(Tx tx, WakeUps wakeUps, Definition definition, String action, String reason) {
    SubscriptionStore.journal(tx, definition.namespaceId(), definition.actor(), action, JsonNodeFactory.instance.objectNode()
        .put("subscription_id", definition.id().toString()).put("target", definition.target().wire()).put("reason", reason));
    tx.afterCommit(wakeUps::news);
  }
}
