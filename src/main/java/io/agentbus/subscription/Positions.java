package io.agentbus.subscription;

import io.agentbus.db.Sql;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Finds the place in the order of all events that a time or an event means. */
final class Positions {
  /** Positions are given in the order of commits, times are those when transactions began: so far back an event of a time may lie. */
  private static final Duration SLACK = Duration.ofMinutes(1);

  private Positions() {}

  /**
   * A position behind which all events of a time or later lie; some earlier ones may too. Looks at a few rows, however many there are.
   */
  static long before(Sql sql, Instant time) {
    var bounds = SubscriptionStore.bounds(sql);
    var wanted = time.minus(SLACK);
    var low = bounds.oldest();
    var high = bounds.newest() + 1;
    while (low < high) {
      var middle = low + (high - low) / 2;
      var rows = sql.run("subscription.position_from", Tuple.of(middle)).iterator();
      if (!rows.hasNext()) {
        high = middle;
        continue;
      }
      var row = rows.next();
      if (row.getOffsetDateTime("at").toInstant().isBefore(wanted)) {
        low = row.getLong("position") + row.getInteger("n");
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /** The position of an event, for one who may see it. */
  static long of(Sql sql, Caller caller, String pointer, UUID event) {
    var found = SubscriptionStore.event(sql, event);
    if (found == null || !caller.sees(new NamespacePath(found.namespace()))) {
      throw ProblemException.invalid(pointer, "there is no event " + event + " here");
    }
    if (found.position() == 0) {
      throw ProblemException.invalid(pointer, "the event " + event + " has no position yet; try again in a moment");
    }
    return found.position();
  }

  /** Refuses more than one way to say where to begin. */
  static void atMostOne(String pointer, @Nullable Object... ways) {
    var given = 0;
    for (var way : ways) {
      given += way == null ? 0 : 1;
    }
    if (given > 1) {
      throw ProblemException.invalid(pointer, "stands beside another way to say where to begin or end; give one of them");
    }
  }
}
