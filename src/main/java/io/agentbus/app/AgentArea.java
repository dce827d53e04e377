package io.agentbus.app;

import io.agentbus.agent.AccessTokens;
import io.agentbus.agent.AgentFinder;
import io.agentbus.agent.AgentOperations;
import io.agentbus.agent.AgentTokens;
import io.agentbus.agent.Agents;
import io.agentbus.agent.Directory;
import io.agentbus.agent.IdentityChanges;
import io.agentbus.agent.Presence;
import io.agentbus.agent.Tickets;
import io.agentbus.agent.TokenAuthenticator;
import io.agentbus.bus.WakeUps;
import io.agentbus.control.ControlOperations;
import io.agentbus.control.Pauses;
import io.agentbus.db.Database;
import io.agentbus.op.Catalogue;
import java.time.Clock;

/** What one node knows of agents and their tokens, and what pauses them. */
record AgentArea(Directory directory, AgentFinder finder, Presence presence, TokenAuthenticator authenticator, Agents agents, AgentTokens tokens,
    AccessTokens accessTokens, Pauses pauses) {
  /** Puts them together. @param lookups for callers that may hold a connection of the common pool already */
  static AgentArea open(Database database, Database lookups, WakeUps wakeUps, BusSettings settings) {
    var directory = new Directory(lookups);
    var presence = new Presence(database, settings.nodeName());
    var authenticator = new TokenAuthenticator(lookups, presence);
    var finder = new AgentFinder(directory);
    var identity = new IdentityChanges(directory, authenticator, wakeUps::changes);
    wakeUps.hearChanges(identity::forget);
    return new AgentArea(directory, finder, presence, authenticator, new Agents(directory, finder, presence, identity),
        new AgentTokens(directory, finder, presence, identity), new AccessTokens(directory, identity, Clock.systemUTC(), settings.limits()),
        new Pauses(directory, finder, identity, wakeUps));
  }

  void bind(Catalogue catalogue) {
    catalogue.bindAll(AgentOperations.ALL, agents, tokens, accessTokens, new Tickets(directory)).bindAll(ControlOperations.ALL, pauses);
  }
}
