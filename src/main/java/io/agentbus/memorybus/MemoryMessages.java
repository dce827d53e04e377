package io.agentbus.memorybus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.agent.Directory;
import io.agentbus.db.Sql;
import io.agentbus.inbox.Inbox;
import io.agentbus.inbox.InboxReader;
import io.agentbus.inbox.Message;
import io.agentbus.inbox.Notify;
import io.agentbus.inbox.ReadInbox;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Messages by ai-memory's names. They are messages of the inbox: each is a row of its own with its true sender, stays until its recipient
 * acknowledges it, and is for its recipient and operators alone.
 */
public final class MemoryMessages {
  private static final String TEXT = "payload";
  private static final String TIER = "tier";
  private static final int USUAL = 50;
  private static final int MOST = 500;

  private final Directory directory;
  private final AgentPlaces places;
  private final Inbox inbox;
  private final InboxReader boxes;

  MemoryMessages(Directory directory, AgentPlaces places, Inbox inbox, InboxReader boxes) {
    this.directory = directory;
    this.places = places;
    this.inbox = inbox;
    this.boxes = boxes;
  }

  /** Sends one message. */
  public NotifiedAgent notify(Call call, NotifyAgent in) {
    MemoryText.check(in.title(), in.payload(), null, null);
    var where = found(call, in.namespace(), in.targetAgentId(), "/target_agent_id");
    var tier = in.tier() == null ? MemoryTier.MID.word() : in.tier();
    var payload = Json.MAPPER.createObjectNode().put(TEXT, in.payload()).put(TIER, tier);
    var sent = inbox.notify(call, new Notify(in.targetAgentId(), where.value(), in.title(), payload,
        in.priority() == null ? 5 : Math.clamp(in.priority(), 1, 10), null, null, null, null, null, source(call, in.agentId())));
    return new NotifiedAgent(sent.id(), sent.sourceAgent(), sent.to(), MemoryMailboxes.PREFIX + sent.to(), tier, sent.createdAt());
  }

  /** Lists an inbox. */
  public MemoryInboxPage inbox(Call call, MemoryInbox in) {
    var caller = call.caller();
    var own = in.agentId() == null || caller.isAgent() && in.agentId().equals(caller.name());
    if (own && !caller.isAgent()) {
      throw ProblemException.invalid("/agent_id", "is required, because the token is no agent's");
    }
    var whose = own ? caller.name() : Objects.requireNonNull(in.agentId());
    if (own && in.namespace() != null) {
      directory.existing(caller, in.namespace());
    }
    var where = own ? null : found(call, in.namespace(), whose, "/agent_id").value();
    var unread = Boolean.TRUE.equals(in.unreadOnly());
    var page = boxes.inbox(call, new ReadInbox(own ? null : whose, where, unread, null, null, in.order(), null, in.cursor(),
        Math.clamp(in.limit() == null ? USUAL : in.limit(), 1, MOST), null));
    var namespaces = namespacesOfSenders(call.sql(), page.items());
    var messages = page.items().stream().map(message -> told(message, namespaces.get(message.id()))).toList();
    return new MemoryInboxPage(whose, MemoryMailboxes.PREFIX + whose, messages.size(), unread, messages, page.next());
  }

  private static @Nullable String source(Call call, @Nullable String named) {
    return named == null || named.equals(call.caller().name()) ? null : named;
  }

  /** The namespace in which an agent is found: where the caller says, or wherever it is. */
  private NamespacePath found(Call call, @Nullable String given, String name, String pointer) {
    if (given != null) {
      return directory.existing(call.caller(), given);
    }
    var place = places.find(call, name, pointer);
    if (place == null) {
      throw ProblemException.of(ProblemCode.NOT_FOUND, pointer + ": there is no agent '" + name + "' here. One is made known by memory_agent_register or"
          + " register_agent.");
    }
    return place;
  }

  /** Where the agents are that sent some messages: their names may be those of several. */
  private static Map<UUID, String> namespacesOfSenders(Sql sql, List<Message> messages) {
    var found = new HashMap<UUID, String>();
    if (!messages.isEmpty()) {
      sql.run("memory.senders", Tuple.tuple().addArrayOfUUID(messages.stream().map(Message::id).toArray(UUID[]::new)))
          .forEach(row -> found.put(row.getUUID("id"), row.getString("namespace")));
    }
    return found;
  }

  private static MemoryMessage told(Message message, @Nullable String fromNamespace) {
    var payload = tree(message.payload());
    var ours = payload.size() == 2 && payload.path(TEXT).isTextual() && payload.path(TIER).isTextual();
    return new MemoryMessage(message.id(), message.sourceAgent(), message.title(), ours ? payload.get(TEXT).textValue() : Json.text(payload),
        message.priority(), ours ? payload.get(TIER).textValue() : MemoryTier.LONG.word(), message.createdAt(), message.ackedAt() != null,
        message.ackedAt() == null ? 0 : 1, message.arrival(), fromNamespace);
  }

  private static JsonNode tree(JsonNode payload) {
    try {
      return Json.MAPPER.readTree(Json.text(payload));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the payload of a message is not JSON", e);
    }
  }
}
