package io.agentbus.inbox;

import io.agentbus.agent.Directory;
import io.agentbus.inbox.MessageStore.Ack;
import io.agentbus.inbox.MessageStore.Acked;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a recipient says of its messages. Who acknowledges first wins, and whoever does it again hears what the first one said. */
public final class Acknowledgements {
  private final Directory directory;
  private final InboxBatches batches;

  public Acknowledgements(Directory directory, InboxBatches batches) {
    this.directory = directory;
    this.batches = batches;
  }

  /** Ends a message. */
  public Message ack(Call call, AckMessage in) {
    var result = in.result() == null ? "{}" : Json.text(in.result());
    var own = call.caller().agentNo();
    // Nearly always it is the caller's own message, and the statement itself finds that out.
    var acked = own == null ? null : ack(call, in.messageId(), own, result);
    if (acked == null) {
      acked = ack(call, in.messageId(), boxOf(call, in.messageId()), result);
    }
    if (acked == null) {
      throw ProblemException.notFound("message", in.messageId());
    }
    return acked.message();
  }

  /** Hides a message until a time. */
  public Message defer(Call call, DeferMessage in) {
    if ((in.seconds() == null) == (in.until() == null)) {
      throw ProblemException.invalid("/seconds", "give exactly one of seconds and until");
    }
    if (in.until() != null && in.until().isAfter(Instant.now().plus(Duration.ofSeconds(MessageLimits.SECONDS)))) {
      throw ProblemException.invalid("/until", in.until() + " is more than a year ahead");
    }
    var box = boxOf(call, in.messageId());
    return call.sql().inTransaction(tx -> {
      tx.run("inbox.lock_boxes", MessageStore.lockBoxes(List.of(box)));
      var deferred = tx.run("inbox.defer", Tuple.tuple().addUUID(in.messageId()).addInteger(box)
          .addDouble(in.seconds() == null ? null : in.seconds().doubleValue())
          .addOffsetDateTime(in.until() == null ? null : in.until().atOffset(ZoneOffset.UTC)).addString(call.caller().actor()));
      var message = MessageStore.message(tx.run("inbox.get", Tuple.of(in.messageId())).iterator().next());
      if (deferred.size() == 0) {
        throw ProblemException.of(ProblemCode.INVALID_TRANSITION, "Message " + in.messageId() + " was acknowledged at " + message.ackedAt()
            + "; it cannot be put off any more.").with("acked_at", String.valueOf(message.ackedAt()));
      }
      tx.afterCommit(() -> batches.moved(box));
      return message;
    });
  }

  private @Nullable Acked ack(Call call, UUID id, int box, String result) {
    var wish = new Ack(id, box, call.caller().actor(), result);
    if (!call.sql().isTransaction()) {
      return batches.ack.call(wish);
    }
    return call.sql().inTransaction(tx -> {
      tx.run("inbox.lock_boxes", MessageStore.lockBoxes(List.of(box)));
      var acked = MessageStore.acked(1, tx.run("inbox.ack", batches.acknowledging(List.of(wish))));
      tx.afterCommit(() -> batches.said(acked));
      return acked.getFirst();
    });
  }

  /** The box in which a message stands, if the caller may change it. */
  private int boxOf(Call call, UUID id) {
    for (var row : call.sql().run("inbox.replied_to", Tuple.of(id))) {
      var box = directory.agentByNo(row.getInteger("agent_no"));
      if (box != null) {
        InboxReader.requireOwn(call.caller(), box, id);
        return box.agentNo();
      }
    }
    throw ProblemException.notFound("message", id);
  }
}
