package io.agentbus.inbox;

import io.agentbus.agent.AgentHeartbeat;
import io.agentbus.op.Effect;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.op.Route;
import java.util.List;

/** The operations of messages. */
public final class InboxOperations {
  public static final Operation<Inbox, Notify, Message> NOTIFY = new Operation<>("notify",
      "Tells something to one agent, who has it in its inbox until it acknowledges it.", Right.ASK, Effect.WRITE, Route.post("/messages"),
      Inbox.class, Notify.class, Message.class, Inbox::notify);
  public static final Operation<InboxReader, ReadInbox, InboxPage> INBOX = new Operation<>("inbox",
      "Lists the messages of an inbox in pages and leaves them as they are.", Right.READ, Effect.READ, Route.get("/messages"), InboxReader.class,
      ReadInbox.class, InboxPage.class, InboxReader::inbox);
  public static final Operation<InboxReader, MessageRef, Message> GET_MESSAGE = new Operation<>("get_message",
      "Answers one message to who got it or sent it, with what became of it.", Right.READ, Effect.READ, Route.get("/messages/{message_id}"),
      InboxReader.class, MessageRef.class, Message.class, InboxReader::get);
  public static final Operation<Acknowledgements, AckMessage, Message> ACK_MESSAGE = new Operation<>("ack_message",
      "Says that a message was handled, and what came of it; again answers what was said first.", Right.WORK, Effect.WRITE,
      Route.post("/messages/{message_id}/ack"), Acknowledgements.class, AckMessage.class, Message.class, Acknowledgements::ack);
  public static final Operation<Acknowledgements, DeferMessage, Message> DEFER_MESSAGE = new Operation<>("defer_message",
      "Hides a message from its reader until a time.", Right.WORK, Effect.WRITE, Route.post("/messages/{message_id}/defer"), Acknowledgements.class,
      DeferMessage.class, Message.class, Acknowledgements::defer);

  /** Of the agents; declared here because its answer carries messages. */
  public static final Operation<Heartbeats, AgentHeartbeat, HeardBeat> AGENT_HEARTBEAT = new Operation<>("agent_heartbeat",
      "Says that the calling agent lives and answers what it is wanted to do.", Right.WORK, Effect.WRITE, Route.post("/fleet/heartbeat"),
      Heartbeats.class, AgentHeartbeat.class, HeardBeat.class, Heartbeats::beat);

  public static final List<Operation<?, ?, ?>> ALL = List.of(NOTIFY, INBOX, GET_MESSAGE, ACK_MESSAGE, DEFER_MESSAGE, AGENT_HEARTBEAT);

  private InboxOperations() {}
}
