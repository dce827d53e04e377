package io.agentbus.inbox;

import io.agentbus.agent.Directory;
import io.agentbus.op.Call;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** The urgent messages that an answer to a busy agent carries, so that it need not look into its inbox. They stay there. */
public final class UrgentMail {
  /** Most messages of one answer. */
  static final int MOST = 5;

  private final Directory directory;
  private final MessageReads reads;
  private final InboxBatches batches;

  public UrgentMail(Directory directory, MessageReads reads, InboxBatches batches) {
    this.directory = directory;
    this.reads = reads;
    this.batches = batches;
  }

  /**
   * Whether an urgent message came into the caller's box lately, or came back that was put off. Many may ask: their questions are put together.
   * False for a caller that is no agent.
   *
   * @param within how long ago at most
   */
  public boolean came(Call call, Duration within) {
    var agentNo = call.caller().agentNo();
    return agentNo != null && batches.urgent.call(new InboxBatches.UrgentLook(agentNo, within));
  }

  /**
   * The caller's own urgent messages: unread, oldest first, at most {@value #MOST}. Nothing for a caller that is no agent.
   *
   * @param waiting whether there are any, as a statement before said; true asks
   */
  public List<Message> of(Call call, boolean waiting) {
    var agentNo = call.caller().agentNo();
    var box = agentNo == null || !waiting ? null : directory.agentByNo(agentNo);
    if (box == null) {
      return List.of();
    }
    var found = call.sql().run("inbox.unread_by_arrival", Tuple.tuple().addInteger(box.agentNo()).addShort((short) -1).addLong(0L)
        .addShort((short) MessageStore.rank(MessageLimits.URGENT)).addString(null).addInteger(MOST)).stream().map(MessageStore::message).toList();
    reads.note(call, "inbox", box.namespace().value(), found.stream().map(Message::sourceJobId).filter(Objects::nonNull).distinct().toList(),
        found.size());
    return found;
  }
}
