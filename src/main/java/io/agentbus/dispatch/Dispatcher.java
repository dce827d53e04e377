package io.agentbus.dispatch;

import io.agentbus.agent.AgentRef;
import io.agentbus.agent.Directory;
import io.agentbus.bus.Addresses;
import io.agentbus.bus.Messages;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the agents whose channel is {@code eventbus}. Several nodes may: a claim is a statement, so that each job goes to one of them. A
 * node without a cluster serves those that listen on its own bus, as nobody else can. One loop runs it.
 */
public final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final String CHANNEL = "eventbus";

  private final Directory directory;
  private final Messages messages;
  private final HandOvers handOvers;
  private final DispatcherConfig config;
  private final boolean shared;
  private final Map<Integer, ServedAgent> served = new HashMap<>();
  private boolean full;

  public Dispatcher(Directory directory, Messages messages, HandOvers handOvers, DispatcherConfig config) {
    this(directory, messages, handOvers, config, messages.clustered());
  }

  /** @param shared whether agents may listen where this process does not see them */
  Dispatcher(Directory directory, Messages messages, HandOvers handOvers, DispatcherConfig config, boolean shared) {
    this.directory = directory;
    this.messages = messages;
    this.handOvers = handOvers;
    this.config = config;
    this.shared = shared;
  }

  /** Looks which agents there are, begins with new ones and ends with those that are gone. Virtual threads only. */
  void look() {
    var gone = new HashSet<>(served.keySet());
    for (var agent : directory.ofChannel(CHANNEL, config.agentsMax())) {
      if (shared || messages.listensAt(Addresses.agent(agent.namespace().value(), agent.name()))) {
        gone.remove(agent.agentNo());
        served.computeIfAbsent(agent.agentNo(), ignored -> begin(agent));
      }
    }
    for (var agentNo : gone) {
      served.remove(agentNo).end();
    }
    if (full != (served.size() >= config.agentsMax())) {
      full = !full;
      if (full) {
        LOG.atWarn().addKeyValue("agents", served.size()).log("this node brings jobs to as many agents as it may; further ones get none from it");
      }
    }
  }

  private ServedAgent begin(AgentRef agent) {
    LOG.atDebug().addKeyValue("agent", agent.name()).addKeyValue("namespace", agent.namespace()).log("jobs are brought to an agent over the event bus");
    return new ServedAgent(agent, handOvers).start();
  }

  /** Claims no more, waits a moment for replies and gives back what nobody has admitted. Virtual threads only, when the loop has ended. */
  void handBack() {
    served.values().forEach(ServedAgent::end);
    var deadline = System.nanoTime() + config.stopGrace().toNanos();
    try {
      for (var agent : served.values()) {
        agent.handBack(deadline);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    served.clear();
  }
}
