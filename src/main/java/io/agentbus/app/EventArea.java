package io.agentbus.app;

import io.agentbus.agent.Directory;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.event.EventList;
import io.agentbus.event.EventLog;
import io.agentbus.event.EventOperations;
import io.agentbus.event.EventReads;
import io.agentbus.event.Events;
import io.agentbus.event.PublisherRight;
import io.agentbus.event.Sequencer;
import io.agentbus.op.Catalogue;

/** The events of one node: emitted, put in order, read. */
record EventArea(Events events, EventLog log, Sequencer sequencer, PublisherRight publisherRight) {
  /** Puts them together. @param node name of the node */
  static EventArea open(Database database, Directory directory, WakeUps wakeUps, String node) {
    return new EventArea(new Events(directory, wakeUps), new EventLog(database), new Sequencer(database), new PublisherRight(database, node));
  }

  void bind(Catalogue catalogue, EventReads reads) {
    catalogue.bindAll(EventOperations.ALL, events, new EventList(log, reads));
  }
}
