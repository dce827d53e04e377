package io.agentbus.inbox;

import io.agentbus.agent.AgentHeartbeat;
import io.agentbus.agent.Agents;
import io.agentbus.op.Call;

/** Heartbeats of agents, whose answers carry urgent messages. */
public final class Heartbeats {
  private final Agents agents;
  private final UrgentMail mail;

  public Heartbeats(Agents agents, UrgentMail mail) {
    this.agents = agents;
    this.mail = mail;
  }

  /** Notes that the agent lives and what it says of itself. */
  public HeardBeat beat(Call call, AgentHeartbeat in) {
    var beat = agents.agentHeartbeat(call, in);
    return new HeardBeat(beat.agent(), beat.desiredState(), mail.of(call, true));
  }
}
