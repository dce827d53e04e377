package io.agentbus.memorybus;

import io.agentbus.agent.AgentRef;
import io.agentbus.agent.Directory;
import io.agentbus.memorybus.MemorySubscriptions.Wanted;
import io.agentbus.op.Call;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Subscriptions to {@code _messages/<agent>}: in ai-memory a message is an entry there, which is stored. Here its recipient may be told that one
 * has come, and nobody else but an operator; its words are in the box alone.
 */
final class MemoryMailboxes {
  /** What ai-memory calls the inbox of an agent. */
  static final String PREFIX = "_messages/";
  private static final String SENT = "message.sent";

  private final Directory directory;
  private final AgentPlaces places;

  MemoryMailboxes(Directory directory, AgentPlaces places) {
    this.directory = directory;
    this.places = places;
  }

  /** The events that tell of a box. Into a box itself nothing is told of it: the message is there. */
  Wanted wanted(Call call, SubscribeToMemories in, List<String> events) {
    var recipient = recipient(call, String.valueOf(in.namespaceFilter()).substring(PREFIX.length()));
    var fires = in.url() != null && events.contains(MemoryEvents.MEMORY_STORE.word());
    var to = "event.payload.target == '" + recipient.name() + "' && event.payload.target_namespace == '" + recipient.namespace() + "'";
    return new Wanted(fires ? SENT : MemoryEvents.NEVER, null, in.agentFilter() == null ? to : to + " && event.payload.source == '" + in.agentFilter() + "'",
        recipient.name());
  }

  private AgentRef recipient(Call call, String name) {
    var caller = call.caller();
    var own = caller.agentNo() == null ? null : directory.agentByNo(caller.agentNo());
    if (own != null && own.name().equals(name)) {
      return own;
    }
    if (!caller.isOperator()) {
      throw ProblemException.of(ProblemCode.FORBIDDEN, "/namespace_filter: " + caller.actor() + " may be told of its own messages only, which are "
          + PREFIX + caller.name() + ".");
    }
    var found = found(call, name);
    if (found == null || !caller.sees(found.namespace())) {
      throw ProblemException.of(ProblemCode.NOT_FOUND, "/namespace_filter: there is no agent '" + name + "' here.");
    }
    return found;
  }

  private @Nullable AgentRef found(Call call, String name) {
    var place = places.find(call, name, "/namespace_filter");
    return place == null ? null : directory.resolve(place, name);
  }
}
