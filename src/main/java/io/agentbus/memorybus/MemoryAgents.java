package io.agentbus.memorybus;

import io.agentbus.agent.AgentRef;
import io.agentbus.agent.Agents;
import io.agentbus.agent.Directory;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.problem.Suggestion;
import java.util.List;
import java.util.Objects;

/**
 * Makes agents known to the memory bus. An agent is who its token says, so it can register itself alone; an operator's call makes one that is
 * not there yet, which gets its token with a join token later and can be written to at once.
 */
public final class MemoryAgents {
  private final Directory directory;
  private final AgentPlaces places;
  private final Agents agents;

  MemoryAgents(Directory directory, AgentPlaces places, Agents agents) {
    this.directory = directory;
    this.places = places;
    this.agents = agents;
  }

  /** Notes what an agent is and can do. */
  public MemoryAgentRegistered register(Call call, MemoryAgentRegister in) {
    var caller = call.caller();
    AgentRef agent;
    if (in.agentId().equals(caller.name()) && caller.agentNo() != null) {
      agent = Objects.requireNonNull(directory.agentByNo(caller.agentNo()));
    } else if (caller.isOperator()) {
      agent = knownOrMade(call, in);
    } else {
      throw ProblemException.of(ProblemCode.FORBIDDEN, "/agent_id: '" + caller.name() + "' may register only itself, not '" + in.agentId()
          + "'" + Suggestion.words(in.agentId(), List.of(caller.name())) + ".");
    }
    var capabilities = in.capabilities() == null ? List.<String>of() : in.capabilities().stream().distinct().toList();
    call.sql().inTransaction(tx -> {
      tx.run("memory.register_agent", MemoryStore.tuple(agent.agentNo(), in.agentType(), capabilities.toArray(String[]::new)));
      MemoryStore.journal(tx, Objects.requireNonNull(directory.namespaceId(agent.namespace())), caller.actor(), "memory_agent_register",
          Json.MAPPER.createObjectNode().put("agent", agent.name()).put("agent_type", in.agentType()));
      return true;
    });
    return new MemoryAgentRegistered(true, agent.id(), agent.name(), in.agentType(), capabilities);
  }

  /** The agent that an operator means, wherever it lives; a second one of its name would get the messages that are meant for it. */
  private AgentRef knownOrMade(Call call, MemoryAgentRegister in) {
    var caller = call.caller();
    var where = in.namespace() == null ? places.find(call, in.agentId(), "/agent_id") : directory.meant(call, in.namespace());
    var known = where == null ? null : in.namespace() == null ? directory.resolve(where, in.agentId()) : directory.agent(where, in.agentId());
    return known != null && caller.sees(known.namespace()) ? known
        : agents.implicitAgent(call.sql(), where == null ? caller.home() : where, in.agentId(), caller.actor());
  }
}
