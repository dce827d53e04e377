package io.agentbus.app;

import io.agentbus.agent.AgentFinder;
import io.agentbus.agent.Agents;
import io.agentbus.agent.Directory;
import io.agentbus.bus.Messages;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.NamedQueries;
import io.agentbus.inbox.Acknowledgements;
import io.agentbus.inbox.Heartbeats;
import io.agentbus.inbox.Inbox;
import io.agentbus.inbox.InboxBatches;
import io.agentbus.inbox.InboxOperations;
import io.agentbus.inbox.InboxReader;
import io.agentbus.inbox.MailHints;
import io.agentbus.inbox.MailWaits;
import io.agentbus.inbox.MessageReads;
import io.agentbus.inbox.UrgentMail;
import io.agentbus.op.Catalogue;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/** The services of the inboxes of one node. */
public record InboxArea(Inbox inbox, InboxReader reader, Acknowledgements acknowledgements, UrgentMail urgent, Heartbeats heartbeats, InboxBatches batches,
    MailWaits waits) {
  /**
   * Puts them together.
   *
   * @param most unacknowledged messages of a box
   * @param pollMillis longest time for which a lost wake-up is not noticed
   */
  static InboxArea open(Vertx vertx, Supplier<String> url, NamedQueries queries, Directory directory, AgentFinder finder, Agents agents,
      MessageReads reads, WakeUps wakeUps, Messages messages, int most, long pollMillis) {
    var hints = new MailHints(directory, messages);
    wakeUps.hearMail(hints::heard);
    var batches = new InboxBatches(vertx, url, queries, wakeUps, hints, most);
    var waits = new MailWaits();
    var urgent = new UrgentMail(directory, reads, batches);
    wakeUps.hearMail(waits::mail);
    return new InboxArea(new Inbox(directory, batches, most), new InboxReader(directory, finder, reads, waits, pollMillis),
        new Acknowledgements(directory, batches), urgent, new Heartbeats(agents, urgent), batches, waits);
  }

  void bind(Catalogue catalogue) {
    catalogue.bindAll(InboxOperations.ALL, inbox, reader, acknowledgements, heartbeats);
  }

  /** Answers those who wait for messages. */
  void stopWaits() {
    waits.stop();
  }

  /** Closes the connections once what is in flight has been answered. */
  Future<?> stop() {
    waits.stop();
    return batches.stop();
  }
}
