package io.agentbus.subscription;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.agentbus.agent.Directory;
import io.agentbus.cel.EventTemplate;
import io.agentbus.cel.FillRoom;
import io.agentbus.db.Tx;
import io.agentbus.id.Ids;
import io.agentbus.inbox.Delivered;
import io.agentbus.inbox.Inbox;
import io.agentbus.inbox.NewMessage;
import io.agentbus.op.Caller;
import java.util.List;
import java.util.UUID;

/** Puts events into an agent's inbox. Such a message is no event itself: it would tell of the telling. */
final class InboxTarget implements InnerTarget {
  private static final int TITLE = 500;

  private final Inbox inbox;
  private final Directory directory;
  private final int payloadMax;
  private final CompiledTemplates compiled = new CompiledTemplates();

  /** @param payloadMax most bytes that a title is filled to before it is cut */
  InboxTarget(Inbox inbox, Directory directory, int payloadMax) {
    this.inbox = inbox;
    this.directory = directory;
    this.payloadMax = payloadMax;
  }

  /** Unacknowledged messages that a box takes. */
  int boxLimit() {
    return inbox.limit();
  }

  /** Puts many into their boxes; answers what became of each. */
  List<Outcome> deliver(Tx tx, List<NewMessage> messages) {
    return inbox.deliver(tx, messages).stream().map(InboxTarget::outcome).toList();
  }

  @Override
  public Outcome deliver(Tx tx, Definition subscription, Delivery delivery, Caller owner) {
    return deliver(tx, List.of(message(subscription, Happened.of(delivery.event())))).getFirst();
  }

  /** The message that tells of an event. */
  NewMessage message(Definition subscription, Happened event) {
    return message(subscription, event, room());
  }

  /** Room for the title of one message, which tells afterwards how much work it was. */
  FillRoom room() {
    return new FillRoom(payloadMax);
  }

  NewMessage message(Definition subscription, Happened event, FillRoom room) {
    var settings = subscription.settings();
    return new NewMessage(Ids.next(), directory.namespacePath(subscription.namespaceId()), settings.path("target_agent").asText(),
        title(settings, event, room), payload(subscription.id(), event), settings.path("priority").asInt(NewMessage.PRIORITY), null, null, null, null,
        event.sourceJobId(), subscription.actor(), subscription.actor());
  }

  @Override
  public JsonNode preview(Definition subscription, Happened event) {
    var message = message(subscription, event);
    var shown = JsonNodeFactory.instance.objectNode().put("target_agent", message.targetAgent()).put("title", message.title())
        .put("priority", message.priority());
    return shown.set("payload", SubscriptionStore.tree(message.payload()));
  }

  /** A template without a value for this event must not lose the event: then the topic is the title. */
  private String title(JsonNode settings, Happened event, FillRoom room) {
    var title = event.topic();
    if (settings.hasNonNull("title")) {
      var filled = compiled.of("/title", settings.get("title")).fill(event.facts(), room).text();
      title = filled == null || filled.isBlank() ? title : filled.replace('\0', ' ');
    }
    return title.codePointCount(0, title.length()) <= TITLE ? title : title.substring(0, title.offsetByCodePoints(0, TITLE - 3)) + "...";
  }

  private static String payload(UUID subscription, Happened event) {
    var payload = JsonNodeFactory.instance.objectNode().put("subscription_id", subscription.toString());
    return payload.<ObjectNode>set("event", event.tree()).toString();
  }

  private static Outcome outcome(Delivered delivered) {
    return switch (delivered) {
      case Delivered.Put put -> new Outcome.Delivered(Tried.well(), JsonNodeFactory.instance.objectNode().put("message_id", put.id().toString()));
      case Delivered.Duplicate standing -> new Outcome.Delivered(Tried.well(),
          JsonNodeFactory.instance.objectNode().put("message_id", standing.id().toString()));
      case Delivered.BoxFull full -> new Outcome.BoxFull("the inbox of agent '" + full.agent() + "' is full: it holds " + full.held()
          + " messages that are not acknowledged", full.agentNo());
      case Delivered.UnknownRecipient unknown -> new Outcome.Failed(Tried.failed("there is no agent '" + unknown.agent() + "'"), null);
    };
  }

  /** Refuses a title that is no template. */
  static void check(String pointer, String title) {
    EventTemplate.compile(pointer, TextNode.valueOf(title));
  }
}
