package io.agentbus.agent;

import io.agentbus.op.Effect;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.op.Route;
import java.util.List;
import java.util.stream.Stream;

/**
 * The operations of agents and tokens. Their routes lie below {@code /fleet}: {@code /agents} speaks another system's
 * shapes.
 */
public final class AgentOperations {
  public static final Operation<AgentTokens, CreateJoinToken, JoinToken> CREATE_JOIN_TOKEN =
      new Operation<>("create_join_token", "Makes a token that registers one agent, once.", Right.OPERATE,
          Effect.WRITE, Route.post("/fleet/join-tokens"), AgentTokens.class, CreateJoinToken.class, JoinToken.class,
          AgentTokens::createJoinToken);

  public static final Operation<Agents, RegisterAgent, RegisteredAgent> REGISTER_AGENT =
      new Operation<>("register_agent", "Exchanges a join token for an agent and its token.", Right.NONE,
          Effect.WRITE, Route.post("/fleet/agents"), Agents.class, RegisterAgent.class, RegisteredAgent.class,
          Agents::registerAgent);

  public static final Operation<Agents, ListAgents, AgentPage> LIST_AGENTS =
      new Operation<>("list_agents", "Lists agents by namespace and name.", Right.READ, Effect.READ,
          Route.get("/fleet/agents"), Agents.class, ListAgents.class, AgentPage.class, Agents::listAgents);

  public static final Operation<Agents, GetAgent, Agent> GET_AGENT =
      new Operation<>("get_agent", "Shows one agent.", Right.READ, Effect.READ, Route.get("/fleet/agents/{agent}"),
          Agents.class, GetAgent.class, Agent.class, Agents::getAgent);

  /** An agent may change itself, an operator any: hence the weakest right that both have beside reading. */
  public static final Operation<Agents, UpdateAgent, Agent> UPDATE_AGENT =
      new Operation<>("update_agent", "Changes what is given of an agent: the caller itself, or any for an operator.",
          Right.ASK, Effect.WRITE, Route.patch("/fleet/agents/{agent}"), Agents.class, UpdateAgent.class, Agent.class,
          Agents::updateAgent);

  public static final Operation<AgentTokens, RotateAgentToken, RotatedAgentToken> ROTATE_AGENT_TOKEN =
      new Operation<>("rotate_agent_token", "Gives an agent a new token; older ones go on for an overlap.", Right.ASK,
          Effect.WRITE, Route.post("/fleet/agents/{agent}/rotate-token"), AgentTokens.class, RotateAgentToken.class,
          RotatedAgentToken.class, AgentTokens::rotateAgentToken);

  public static final Operation<AgentTokens, RevokeAgentToken, RevokedAgentTokens> REVOKE_AGENT_TOKEN =
      new Operation<>("revoke_agent_token", "Ends all tokens of an agent at once.", Right.OPERATE, Effect.DESTROY,
          Route.post("/fleet/agents/{agent}/revoke-token"), AgentTokens.class, RevokeAgentToken.class,
          RevokedAgentTokens.class, AgentTokens::revokeAgentToken);

  public static final Operation<AccessTokens, CreateToken, MadeToken> CREATE_TOKEN =
      new Operation<>("create_token", "Makes a token for a service or a further operator.", Right.ADMIN, Effect.WRITE,
          Route.post("/tokens"), AccessTokens.class, CreateToken.class, MadeToken.class, AccessTokens::createToken);

  public static final Operation<AccessTokens, ListTokens, TokenPage> LIST_TOKENS =
      new Operation<>("list_tokens", "Lists tokens, newest first, without their secrets.", Right.ADMIN, Effect.READ,
          Route.get("/tokens"), AccessTokens.class, ListTokens.class, TokenPage.class, AccessTokens::listTokens);

  public static final Operation<AccessTokens, RevokeToken, Token> REVOKE_TOKEN =
      new Operation<>("revoke_token", "Ends a token at once.", Right.ADMIN, Effect.DESTROY,
          Route.post("/tokens/{token_id}/revoke"), AccessTokens.class, RevokeToken.class, Token.class,
          AccessTokens::revokeToken);

  /** For every token, whatever it may do: the ticket may no more. */
  public static final Operation<Tickets, CreateTicket, Ticket> CREATE_TICKET =
      new Operation<>("create_ticket", "Makes a ticket that opens one connection to the event bus in the caller's name, once.", Right.NONE,
          Effect.WRITE, Route.post("/tickets"), Tickets.class, CreateTicket.class, Ticket.class, Tickets::createTicket);

  public static final Operation<AccessTokens, WhoAmI, Identity> WHOAMI =
      new Operation<>("whoami", "Says who the token is, what it may do and what its calls may hold.", Right.NONE, Effect.READ,
          Route.get("/whoami"), AccessTokens.class, WhoAmI.class, Identity.class, AccessTokens::whoami);

  /** Those that {@link Agents} carries out. */
  public static final List<Operation<Agents, ?, ?>> OF_AGENTS = List.of(REGISTER_AGENT, LIST_AGENTS,
      GET_AGENT, UPDATE_AGENT);
  /** Those that {@link AgentTokens} carries out. */
  public static final List<Operation<AgentTokens, ?, ?>> OF_AGENT_TOKENS =
      List.of(CREATE_JOIN_TOKEN, ROTATE_AGENT_TOKEN, REVOKE_AGENT_TOKEN);
  /** Those that {@link AccessTokens} carries out. */
  public static final List<Operation<AccessTokens, ?, ?>> OF_ACCESS_TOKENS =
      List.of(CREATE_TOKEN, LIST_TOKENS, REVOKE_TOKEN, WHOAMI);
  /** That which {@link Tickets} carries out. */
  public static final List<Operation<Tickets, ?, ?>> OF_TICKETS = List.of(CREATE_TICKET);

  /** Every operation of this feature. */
  public static final List<Operation<?, ?, ?>> ALL = Stream.of(OF_AGENTS, OF_AGENT_TOKENS, OF_ACCESS_TOKENS, OF_TICKETS)
      .<Operation<?, ?, ?>>flatMap(List::stream).toList();

  private AgentOperations() {}
}
