package io.agentbus.inbox;

import io.agentbus.bus.WakeUps;
import io.agentbus.db.Batcher;
import io.agentbus.db.HotConnection;
import io.agentbus.db.HotConnection.Step;
import io.agentbus.db.NamedQueries;
import io.agentbus.inbox.Delivered.Put;
import io.agentbus.inbox.MessageStore.Ack;
import io.agentbus.inbox.MessageStore.Acked;
import io.agentbus.inbox.MessageStore.Written;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Messages sent and acknowledged one by one, each kind gathered into batches on a connection of its own. */
public final class InboxBatches {
  /** A statement has a block of 2048 rows of the journal. */
  static final int MAX_BATCH = 1_000;
  private static final int MAX_WAITING = 20_000;

  final Batcher<Addressed, Written> put;
  final Batcher<Ack, @Nullable Acked> ack;
  final Batcher<UrgentLook, Boolean> urgent;
  private final WakeUps wakeUps;
  private final MailHints hints;
  private final List<HotConnection> connections;
  private final int most;

  /** A look for urgent messages that came into a box no longer ago than so. */
  record UrgentLook(int agentNo, Duration within) {}

  /**
   * @param url says where the database is now
   * @param most unacknowledged messages of a box
   */
  public InboxBatches(Vertx vertx, Supplier<String> url, NamedQueries queries, WakeUps wakeUps, MailHints hints, int most) {
    this.wakeUps = wakeUps;
    this.hints = hints;
    this.most = most;
    var loop = vertx.getOrCreateContext();
    var notifies = new HotConnection(vertx, "notify", url, queries);
    var acks = new HotConnection(vertx, "ack", url, queries);
    connections = List.of(notifies, acks);
    put = new Batcher<>(loop, "notify", MAX_BATCH, MAX_WAITING, 1, messages -> notifies.transaction(List.of(
            new Step("inbox.lock_boxes", MessageStore.lockBoxes(messages.stream().map(message -> message.recipient().agentNo()).toList())),
            new Step("inbox.put", MessageStore.put(messages, most))))
        .map(rows -> {
          var written = MessageStore.written(messages, rows);
          said(messages, written);
          return written;
        }));
    // One message is in a batch once: the second acknowledgement must see the first.
    ack = new Batcher<>(loop, "ack_message", MAX_BATCH, MAX_WAITING, 1, Ack::id, wishes -> acks.transaction(List.of(
            new Step("inbox.lock_boxes", MessageStore.lockBoxes(wishes.stream().map(Ack::agentNo).toList())),
            new Step("inbox.ack", MessageStore.ack(wishes, most))))
        .map(rows -> {
          var acked = MessageStore.acked(wishes.size(), rows);
          said(acked);
          return acked;
        }));
    urgent = new Batcher<>(loop, "the look for urgent messages", MAX_BATCH, 2 * MAX_WAITING, 1,
        looks -> acks.run("inbox.urgent_since", Tuple.tuple().addArrayOfInteger(looks.stream().map(UrgentLook::agentNo).toArray(Integer[]::new))
            .addArrayOfDouble(looks.stream().map(look -> look.within().toNanos() / 1e9).toArray(Double[]::new)))
        .map(rows -> rows.stream().map(row -> row.getBoolean("came")).toList()));
  }

  /** Says, after the commit, which boxes got messages. */
  void said(List<Addressed> messages, List<Written> written) {
    var boxes = new HashSet<Integer>();
    for (var i = 0; i < messages.size(); i++) {
      if (written.get(i).what() instanceof Put) {
        boxes.add(messages.get(i).recipient().agentNo());
      }
    }
    boxes.forEach(wakeUps::mail);
    boxes.forEach(hints::sent);
    wakeUps.news();
  }

  /** Says, after the commit, that messages came back into a box, or will at another time. */
  void moved(int agentNo) {
    wakeUps.mail(agentNo);
    wakeUps.news();
  }

  /** What acknowledges messages, for a transaction that holds their boxes. */
  Tuple acknowledging(List<Ack> wishes) {
    return MessageStore.ack(wishes, most);
  }

  /** Says, after the commit, that messages were acknowledged: what waits for a full box goes on when that has room. */
  void said(List<@Nullable Acked> acked) {
    if (acked.stream().anyMatch(one -> one != null && one.roomy())) {
      wakeUps.room();
    }
    wakeUps.news();
  }

  /** Closes the connections once what is in flight has been answered. */
  public Future<?> stop() {
    return Future.join(connections.stream().map(HotConnection::close).toList());
  }
}
