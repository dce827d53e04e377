package io.agentbus.app;

import io.agentbus.agent.Agents;
import io.agentbus.agent.Directory;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.event.EventReads;
import io.agentbus.memorybus.MemoryBus;
import io.agentbus.memorybus.MemoryExpiry;
import io.agentbus.memorybus.MemoryLimits;
import io.agentbus.memorybus.MemoryOperations;
import io.agentbus.op.Catalogue;

/** The services of the memory bus of one node. */
public record MemoryArea(MemoryBus services) {
  /**
   * Puts them together.
   *
   * @param version of the program
   */
  static MemoryArea open(Database database, Directory directory, Agents agents, WakeUps wakeUps, EventReads reads, InboxArea inbox,
      SubscriptionArea subscriptions, String version, MemoryLimits limits) {
    return new MemoryArea(new MemoryBus(database, directory, agents, wakeUps, reads, inbox.inbox(), inbox.reader(),
        subscriptions.subscriptions(), version, limits));
  }

  void bind(Catalogue catalogue) {
    catalogue.bindAll(MemoryOperations.ALL, services.services());
  }

  /** Removes what is over. */
  public MemoryExpiry expiry() {
    return services.expiry();
  }
}
