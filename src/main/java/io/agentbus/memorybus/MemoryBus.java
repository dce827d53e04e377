package io.agentbus.memorybus;

import io.agentbus.agent.Agents;
import io.agentbus.agent.Directory;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.event.EventReads;
import io.agentbus.inbox.Inbox;
import io.agentbus.inbox.InboxReader;
import io.agentbus.subscription.Subscriptions;
import java.util.List;

/** The services of the memory bus, put together. */
public final class MemoryBus {
  private final List<Object> services;
  private final MemoryExpiry expiry;

  /**
   * @param version of the program
   * @param limits what may grow
   * @param reads takes down who has read what
   */
  public MemoryBus(Database database, Directory directory, Agents agents, WakeUps wakeUps, EventReads reads, Inbox inbox, InboxReader boxes,
      Subscriptions subscriptions, String version, MemoryLimits limits) {
    var names = new MemoryNames(directory, limits);
    var standards = new MemoryStandards(directory, names, wakeUps);
    var gate = new MemoryGate(standards, new PendingQueue(wakeUps));
    var writer = new MemoryWriter(limits, wakeUps);
    var places = new AgentPlaces(directory);
    var wishes = new MemorySubscriptions(subscriptions, names, new MemoryMailboxes(directory, places));
    expiry = new MemoryExpiry(database);
    services = List.of(new Memories(directory, names, gate, writer), new MemoryReader(names, standards, reads),
        new MemoryLinks(directory, standards, wakeUps, reads), standards, new PendingActions(directory, gate, writer, standards, wakeUps),
        new MemoryAgents(directory, places, agents), new MemoryCapabilities(version), new MemoryMessages(directory, places, inbox, boxes), wishes);
  }

  /** Those who carry out {@link MemoryOperations}. */
  public Object[] services() {
    return services.toArray();
  }

  public MemoryExpiry expiry() {
    return expiry;
  }
}
