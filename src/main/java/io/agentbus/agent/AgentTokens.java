package io.agentbus.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.agentbus.crypto.TokenKind;
import io.agentbus.op.Call;
import java.util.List;
import java.util.Objects;

/** The tokens of agents: to register with, to renew, to take away. */
public final class AgentTokens {
  private final Directory directory;
  private final AgentFinder finder;
  private final Presence presence;
  private final IdentityChanges changes;

  public AgentTokens(Directory directory, AgentFinder finder, Presence presence, IdentityChanges changes) {
    this.directory = directory;
    this.finder = finder;
    this.presence = presence;
    this.changes = changes;
  }

  /** Makes a token that registers one agent, once. */
  public JoinToken createJoinToken(Call call, CreateJoinToken wish) {
    var by = call.caller().actor();
    var namespace = directory.meant(call, wish.namespace());
    var seconds = wish.expiresInSeconds() == null ? AgentLimits.DEFAULT_JOIN_SECONDS : wish.expiresInSeconds();
    var terms = new JoinTerms(wish.tags(), wish.capabilities(), wish.concurrencyMax());
    return call.sql().inTransaction(tx -> {
      var made = TokenStore.insert(tx, new TokenStore.New(TokenKind.JOIN, "join", null, List.of(namespace), List.of(),
          terms, by, null, seconds));
      AgentStore.journal(tx, directory.namespaceId(namespace), by, "create_join_token",
          JsonNodeFactory.instance.objectNode().put("token_id", made.id().toString())
          .put("expires_in_seconds", seconds));
      return new JoinToken(made.token(), Objects.requireNonNull(made.expiresAt()), namespace);
    });
  }

  /**
   * Gives an agent a new token with the terms of its last one. Older ones go on for the overlap, so that several
   * programs of one agent can change over one by one.
   */
  public RotatedAgentToken rotateAgentToken(Call call, RotateAgentToken wish) {
    var by = call.caller().actor();
    var found = finder.ownOrOperated(call, wish.namespace(), wish.agent());
    var overlap = wish.overlapSeconds() == null ? AgentLimits.DEFAULT_OVERLAP_SECONDS : wish.overlapSeconds();
    return call.sql().inTransaction(tx -> {
      AgentStore.lock(tx, found.agentNo());
      var terms = TokenStore.terms(tx, found.agentNo());
      TokenStore.retire(tx, found.agentNo(), overlap);
      var made = TokenStore.insert(tx, new TokenStore.New(TokenKind.AGENT, found.name(), found.agentNo(),
          List.of(found.namespace()), Agents.AGENT_RIGHTS, terms, by, null, null));
      var agent = AgentStore.get(tx, found.agentNo(), presence.age(found.agentNo()));
      AgentStore.journal(tx, directory.namespaceId(found.namespace()), by, "rotate_agent_token",
          Agents.about(agent).put("token_id", made.id().toString()).put("overlap_seconds", overlap));
      tx.afterCommit(changes::happened);
      return new RotatedAgentToken(agent, made.token(), overlap);
    });
  }

  /** Ends all tokens of an agent. Other nodes refuse them after {@link TokenAuthenticator#TTL} at the latest. */
  public RevokedAgentTokens revokeAgentToken(Call call, RevokeAgentToken wish) {
    var found = finder.find(call, wish.namespace(), wish.agent());
    return call.sql().inTransaction(tx -> {
      AgentStore.lock(tx, found.agentNo());
      var revoked = TokenStore.retire(tx, found.agentNo(), 0);
      var agent = AgentStore.get(tx, found.agentNo(), presence.age(found.agentNo()));
      if (revoked > 0) {
        AgentStore.journal(tx, directory.namespaceId(found.namespace()), call.caller().actor(), "revoke_agent_token",
            Agents.about(agent).put("revoked", revoked).put("reason", wish.reason()));
        tx.afterCommit(changes::happened);
      }
      return new RevokedAgentTokens(agent, revoked);
    });
  }
}
