package io.agentbus.inbox;

import io.agentbus.agent.Directory;
import io.agentbus.bus.Addresses;
import io.agentbus.bus.Messages;
import io.agentbus.op.Json;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes on the event bus that the inbox of an agent got something, where that is the agent's channel. A hint: it says whose inbox and
 * nothing of what is in it, and may be lost or come twice. In a cluster the node that wrote the message says it; a node without one says
 * what it hears of to those who listen within it.
 */
public final class MailHints {
  private static final Logger LOG = LoggerFactory.getLogger(MailHints.class);
  private static final String CHANNEL = "eventbus";

  private final Directory directory;
  private final Messages messages;

  public MailHints(Directory directory, Messages messages) {
    this.directory = directory;
    this.messages = messages;
  }

  /** This node has put something into the box. Any thread. */
  void sent(int agentNo) {
    if (messages.clustered()) {
      say(agentNo);
    }
  }

  /** Some node has. Any thread. */
  public void heard(int agentNo) {
    if (!messages.clustered() && messages.listensBelow(Addresses.INBOX)) {
      say(agentNo);
    }
  }

  private void say(int agentNo) {
    // Who it is may have to be looked up.
    Thread.startVirtualThread(() -> {
      try {
        var agent = directory.agentByNo(agentNo);
        if (agent != null && agent.channel().equals(CHANNEL)) {
          var hint = Json.MAPPER.createObjectNode().put("namespace", agent.namespace().value()).put("agent", agent.name());
          messages.publish(Addresses.inbox(agent.namespace().value(), agent.name()), Json.text(hint).getBytes(StandardCharsets.UTF_8));
        }
      } catch (RuntimeException failure) {
        LOG.debug("a hint of a message was not published", failure);
      }
    });
  }
}
