package io.agentbus.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.crypto.TokenKind;
import io.agentbus.crypto.Tokens;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.id.Ids;
import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Cursor;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The agents of a fleet: made known, heard of, listed, changed. Every change but a heartbeat's is journalled in its
 * transaction.
 */
public final class Agents {
  /** What every agent may do, in its own namespace. */
  static final List<String> AGENT_RIGHTS = List.of("read", "ask", "work");

  /** Fields that say nothing about who changed what. */
  private static final Set<String> NOT_JOURNALLED = Set.of("status", "last_heartbeat_at", "updated_at", "metadata");

  private final Directory directory;
  private final AgentFinder finder;
  private final Presence presence;
  private final IdentityChanges changes;

  public Agents(Directory directory, AgentFinder finder, Presence presence, IdentityChanges changes) {
    this.directory = directory;
    this.finder = finder;
    this.presence = presence;
    this.changes = changes;
  }

  /**
   * Makes an agent known, or adopts one that has no valid token, and hands out its token. Of two calls with one join
   * token one wins.
   *
   * @throws ProblemException {@code unauthenticated} in the same words for a join token that is unknown, used, revoked
   *     or expired; {@code duplicate_conflict} when an agent of that name has a valid token; {@code forbidden} for what
   *     the join token does not allow. None of these uses up the join token
   */
  public RegisteredAgent registerAgent(Call call, RegisterAgent wish) {
    if (!Tokens.wellFormed(wish.joinToken())) {
      throw refusedJoin();
    }
    AgentName.check("/name", wish.name());
    return call.sql().inTransaction(tx -> {
      var join = TokenStore.lockJoinToken(tx, wish.joinToken());
      if (join == null) {
        throw refusedJoin();
      }
      var actor = "agent:" + join.namespace() + "/" + wish.name();
      var terms = join.terms();
      var is = new AgentChange(terms.concurrency(wish.concurrency()), wish.channel(), terms.tags(wish.tags()),
          terms.capabilities(wish.capabilities()), wish.hostname(), wish.hostUid(), wish.platform(), wish.version(),
          wish.metadata(), null);
      var namespaceId = directory.ensureNamespace(tx, join.namespace(), join.createdBy());
      var made = AgentStore.insert(tx, Ids.next(), namespaceId, wish.name(), is, actor);
      var agentNo = made == null ? adopt(tx, namespaceId, wish.name(), is) : made;
      var token = TokenStore.insert(tx, new TokenStore.New(TokenKind.AGENT, wish.name(), agentNo,
          List.of(join.namespace()), AGENT_RIGHTS, terms, actor, null, null));
      TokenStore.useJoinToken(tx, join.id());
      var agent = AgentStore.get(tx, agentNo, null);
      AgentStore.journal(tx, namespaceId, actor, "register_agent", about(agent).put("adopted", made == null)
          .put("join_token_id", join.id().toString()).put("token_id", token.id().toString())
          .put("concurrency", agent.concurrency()).put("channel", agent.channel()));
      tx.afterCommit(changes::happened);
      return new RegisteredAgent(agent, token.token());
    });
  }

  /** Notes that the calling agent lives. What an operator wants of it stays as it is. */
  public AgentBeat agentHeartbeat(Call call, AgentHeartbeat beat) {
    if (!call.caller().isAgent()) {
      throw ProblemException.of(ProblemCode.FORBIDDEN, "A heartbeat needs an agent's token: " + call.caller().actor()
          + " is no agent.");
    }
    var self = finder.ownOrOperated(call, null, beat.agent());
    presence.seen(self.agentNo());
    var sql = call.sql();
    var agent = AgentStore.get(sql, self.agentNo(), 0.0);
    if (tellsNews(beat, agent)) {
      AgentStore.update(sql, self.agentNo(), new AgentChange(null, null, null, null, beat.hostname(), beat.hostUid(),
          beat.platform(), beat.version(), beat.metadata(), null));
      agent = AgentStore.get(sql, self.agentNo(), 0.0);
    }
    return new AgentBeat(agent, DesiredState.of(agent));
  }

  /** A page of the agents that the caller may see. */
  public AgentPage listAgents(Call call, ListAgents wish) {
    var caller = call.caller();
    var filter = wish.namespace() == null ? null : directory.filter(caller, wish.namespace());
    if (caller.namespaces().isEmpty() && !caller.isOperator()) {
      return new AgentPage(List.of(), null);
    }
    var limit = wish.limit() == null ? AgentLimits.DEFAULT_PAGE : wish.limit();
    var found = AgentStore.list(call.sql(), filter == null ? null : filter.toSqlRegex(), caller.namespaces(), wish,
        after(wish.cursor()), limit + 1, presence.unflushed());
    if (found.size() <= limit) {
      return new AgentPage(found, null);
    }
    var last = found.get(limit - 1);
    return new AgentPage(found.subList(0, limit), Cursor.of(last.namespace() + " " + last.name()));
  }

  /** One agent. */
  public Agent getAgent(Call call, GetAgent which) {
    var found = finder.find(call, which.namespace(), which.agent());
    return AgentStore.get(call.sql(), found.agentNo(), presence.age(found.agentNo()));
  }

  /** Changes an agent. Giving what is there already changes nothing and is not journalled. */
  public Agent updateAgent(Call call, UpdateAgent wish) {
    var caller = call.caller();
    var found = finder.ownOrOperated(call, wish.namespace(), wish.agent());
    if (!caller.isOperator() && (wish.desired() != null || wish.concurrency() != null)) {
      throw ProblemException.of(ProblemCode.FORBIDDEN, (wish.desired() != null ? "/desired" : "/concurrency")
          + ": changing this needs the right 'operate', which " + caller.actor() + " does not have.");
    }
    return call.sql().inTransaction(tx -> {
      AgentStore.lock(tx, found.agentNo());
      var terms = caller.isOperator() ? JoinTerms.NONE : TokenStore.terms(tx, found.agentNo());
      var before = AgentStore.get(tx, found.agentNo(), presence.age(found.agentNo()));
      var after = change(tx, found.agentNo(), before, new AgentChange(wish.concurrency(), wish.channel(),
          wish.tags() == null ? null : terms.tags(wish.tags()),
          wish.capabilities() == null ? null : terms.capabilities(wish.capabilities()),
          wish.hostname(), wish.hostUid(), wish.platform(),
          wish.version(), wish.metadata(), wish.desired()));
      var differences = differences(before, after);
      if (!differences.isEmpty()) {
        AgentStore.journal(tx, directory.namespaceId(after.namespace()), caller.actor(), "update_agent",
            about(after).set("changes", differences));
        tx.afterCommit(changes::happened);
      }
      return after;
    });
  }

  /**
   * The agent of that name in exactly that namespace, made when absent: for an operator that claims under a name nobody
   * registered. It has no token and no limit until somebody registers it.
   *
   * @param by who claims, for the journal
   */
  public AgentRef implicitAgent(Sql sql, NamespacePath namespace, String name, String by) {
    AgentName.check("/agent", name);
    var known = directory.agent(namespace, name);
    if (known != null) {
      return known;
    }
    var namespaceId = directory.ensureNamespace(sql, namespace, by);
    return sql.inTransaction(tx -> {
      var none = new AgentChange(0, null, null, null, null, null, null, null, null, null);
      var made = AgentStore.insert(tx, Ids.next(), namespaceId, name, none, by);
      var agent = Objects.requireNonNull(AgentStore.refByName(tx, namespace, name));
      if (made != null) {
        AgentStore.journal(tx, namespaceId, by, "create_agent",
            JsonNodeFactory.instance.objectNode().put("agent", name).put("agent_id", agent.id().toString())
            .put("implicit", true));
        tx.afterCommit(changes::happened);
      }
      return agent;
    });
  }

  /** The sort keys behind which a page begins: namespace and name, which hold no space. */
  private static @Nullable List<String> after(@Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    try {
      var keys = Cursor.read(cursor).split(" ", 2);
      return List.of(new NamespacePath(keys[0]).value(), AgentName.check("/cursor", keys[keys.length - 1]));
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid("/cursor",
          "is not a cursor that list_agents gave; leave it out for the first page");
    }
  }

  /** Takes over the row of an agent without a valid token. */
  private static int adopt(Tx tx, int namespaceId, String name, AgentChange is) {
    var agentNo = Objects.requireNonNull(AgentStore.lock(tx, namespaceId, name));
    if (TokenStore.hasLiveToken(tx, agentNo)) {
      throw ProblemException.of(ProblemCode.DUPLICATE_CONFLICT, "An agent '" + name + "' is registered already and has"
          + " a valid token. Choose another name, or have an operator rotate or revoke its token.");
    }
    change(tx, agentNo, AgentStore.get(tx, agentNo, null), is);
    return agentNo;
  }

  private static Agent change(Tx tx, int agentNo, Agent before, AgentChange to) {
    AgentStore.update(tx, agentNo, to);
    var after = AgentStore.get(tx, agentNo, null);
    if (before.concurrency() == 0 && after.concurrency() > 0) {
      AgentStore.limitLeases(tx, agentNo);
    }
    return after;
  }

  private static ObjectNode differences(Agent before, Agent after) {
    ObjectNode from = Json.MAPPER.valueToTree(before);
    ObjectNode to = Json.MAPPER.valueToTree(after);
    var changes = JsonNodeFactory.instance.objectNode();
    to.properties().forEach(field -> {
      if (!NOT_JOURNALLED.contains(field.getKey()) && !field.getValue().equals(from.get(field.getKey()))) {
        changes.putArray(field.getKey()).add(from.get(field.getKey())).add(field.getValue());
      }
    });
    if (!before.metadata().equals(after.metadata())) {
      changes.put("metadata", "replaced");
    }
    return changes;
  }

  private static boolean tellsNews(AgentHeartbeat beat, Agent agent) {
    return isNews(beat.hostname(), agent.hostname()) || isNews(beat.hostUid(), agent.hostUid())
        || isNews(beat.platform(), agent.platform()) || isNews(beat.version(), agent.version())
        || isNews(beat.metadata(), agent.metadata());
  }

  private static boolean isNews(@Nullable Object told, @Nullable Object known) {
    return told != null && !told.equals(known);
  }

  /** The start of what the journal says about an agent. */
  static ObjectNode about(Agent agent) {
    return JsonNodeFactory.instance.objectNode().put("agent", agent.name()).put("agent_id", agent.id().toString());
  }

  private static ProblemException refusedJoin() {
    return ProblemException.of(ProblemCode.UNAUTHENTICATED,
        "The join token is not valid: it is unknown, was used, has expired or was revoked."
            + " Ask an operator for a new one.");
  }
}
