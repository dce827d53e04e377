package io.agentbus.inbox;

import io.agentbus.agent.Directory;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.inbox.Delivered.BoxFull;
import io.agentbus.inbox.Delivered.Duplicate;
import io.agentbus.inbox.Delivered.Put;
import io.agentbus.inbox.Delivered.UnknownRecipient;
import io.agentbus.inbox.MessageStore.Written;
import io.agentbus.op.Call;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Puts messages into boxes: each is a row of its own, with its true sender, until its recipient acknowledges it. */
public final class Inbox {
  private final Addressing addressing;
  private final InboxBatches batches;
  private final int most;

  /** @param most unacknowledged messages of a box */
  public Inbox(Directory directory, InboxBatches batches, int most) {
    this.addressing = new Addressing(directory);
    this.batches = batches;
    this.most = most;
  }

  /** Unacknowledged messages that a box takes. */
  public int limit() {
    return most;
  }

  /** Sends one message, or answers the one of the same source and dedupe key that waits in the box. */
  public Message notify(Call call, Notify in) {
    var message = addressing.of(call, in, null, null, "");
    if (call.sql().isTransaction()) {
      return call.sql().inTransaction(tx -> answer(tx, message, write(tx, List.of(message)).getFirst(), ""));
    }
    return answer(call.sql(), message, batches.put.call(message), "");
  }

  /**
   * Finds out for whom messages are that are to be sent in a transaction, and refuses those that cannot be sent whatever the boxes hold.
   *
   * @param pointer of the list in the call's input
   * @param home namespace of those that name none
   * @param job the job they come from
   */
  public List<Ready> judge(Call call, List<Notify> messages, String pointer, String home, UUID job) {
    var ready = new ArrayList<Ready>(messages.size());
    for (var i = 0; i < messages.size(); i++) {
      var where = pointer + "/" + i;
      ready.add(new Ready(addressing.of(call, messages.get(i), home, job, where), where));
    }
    return ready;
  }

  /** A message that was judged. @param pointer where it stands in the call's input */
  public record Ready(Addressed message, String pointer) {}

  /**
   * Sends judged messages as part of a transaction, which holds their boxes from now on: call it once, and late.
   *
   * @throws ProblemException {@code limit_exceeded} when a box is full; the transaction has to be given up then
   */
  public void send(Tx tx, List<Ready> messages) {
    var written = write(tx, messages.stream().map(Ready::message).toList());
    for (var i = 0; i < messages.size(); i++) {
      if (written.get(i).what() instanceof BoxFull full) {
        throw refused(full, messages.get(i).pointer());
      }
    }
  }

  /**
   * Puts messages into boxes as part of a transaction, for a feature of the bus: they come from a subscription or the like, produce no event,
   * and wake their recipients after its commit. The transaction holds their boxes from now on: call it once, and late. Where it is called twice, two
   * transactions may wait for each other, and Postgres ends one of them.
   *
   * @param messages any number; those for one box come in their order
   * @return what became of each, in their order. None is refused because of another
   */
  public List<Delivered> deliver(Sql tx, List<NewMessage> messages) {
    return tx.inTransaction(open -> {
      List<Delivered> answers = new ArrayList<>(messages.size());
      var addressed = new ArrayList<Addressed>(messages.size());
      var places = new ArrayList<Integer>(messages.size());
      for (var message : messages) {
        var one = addressing.of(open, message);
        if (one != null) {
          addressed.add(one);
          places.add(answers.size());
        }
        answers.add(new UnknownRecipient(message.targetAgent()));
      }
      var written = write(open, addressed);
      for (var i = 0; i < written.size(); i++) {
        answers.set(places.get(i), written.get(i).what());
      }
      return answers;
    });
  }

  private List<Written> write(Tx tx, List<Addressed> messages) {
    if (messages.isEmpty()) {
      return List.of();
    }
    tx.run("inbox.lock_boxes", MessageStore.lockBoxes(messages.stream().map(message -> message.recipient().agentNo()).toList()));
    var written = new ArrayList<Written>(messages.size());
    for (var from = 0; from < messages.size(); from += InboxBatches.MAX_BATCH) {
      var some = messages.subList(from, Math.min(messages.size(), from + InboxBatches.MAX_BATCH));
      written.addAll(MessageStore.written(some, tx.run("inbox.put", MessageStore.put(some, most))));
    }
    tx.afterCommit(() -> batches.said(messages, written));
    return written;
  }

  private static Message answer(Sql sql, Addressed sent, Written written, String pointer) {
    return switch (written.what()) {
      case Put put -> MessageStore.asMessage(sent, put.arrival(), written.at());
      case Duplicate standing -> MessageStore.asDuplicate(find(sql, standing.id()));
      case BoxFull full -> throw refused(full, pointer);
      case UnknownRecipient unknown -> throw ProblemException.notFound("agent", unknown.agent());
    };
  }

  private static Message find(Sql sql, UUID id) {
    return MessageStore.message(sql.run("inbox.get", Tuple.of(id)).iterator().next());
  }

  private static ProblemException refused(BoxFull full, String pointer) {
    return ProblemException.of(ProblemCode.LIMIT_EXCEEDED, Addressing.where(pointer) + "The inbox of agent '" + full.agent() + "' holds " + full.held()
        + " messages that it has not acknowledged, and takes no more until it does.").with("target_agent", full.agent())
        .with("unacknowledged", full.held());
  }
}
