package io.agentbus.agent;

import io.agentbus.crypto.TokenKind;
import io.agentbus.crypto.Tokens;
import io.agentbus.db.Sql;
import io.agentbus.id.Ids;
import io.agentbus.namespace.NamespacePath;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements of tokens and how their rows read. Tokens go in as digests and never come out. */
final class TokenStore {
  private TokenStore() {}

  /**
   * A token about to be stored.
   *
   * @param agentNo of an agent's token, else null
   * @param expiresAt when it ends; null = as expiresIn says
   * @param expiresIn in how many seconds it ends, by the database's clock; null = never
   */
  record New(TokenKind kind, String name, @Nullable Integer agentNo, List<NamespacePath> namespaces,
      List<String> rights, JoinTerms terms, String by, @Nullable Instant expiresAt, @Nullable Integer expiresIn) {}

  /** A stored token with the one chance to tell it. */
  record Made(UUID id, String token, @Nullable Instant expiresAt) {}

  /** A join token that still opens. */
  record Join(UUID id, NamespacePath namespace, JoinTerms terms, String createdBy) {}

  static Made insert(Sql tx, New is) {
    var id = Ids.next();
    var token = Tokens.make(is.kind());
    var row = tx.run("agent.insert_token", AgentStore.tuple(id, Buffer.buffer(Tokens.digest(token)), is.kind().wire(),
        is.name(), is.agentNo(), AgentStore.paths(is.namespaces()), is.rights().toArray(String[]::new),
        is.kind() == TokenKind.JOIN || is.kind() == TokenKind.AGENT ? is.terms().json() : "{}", is.by(),
        is.expiresAt() == null ? null : is.expiresAt().atOffset(ZoneOffset.UTC), is.expiresIn())).iterator().next();
    return new Made(id, token, AgentStore.instant(row, "expires_at"));
  }

  /** Holds the row of a join token that may still be used; null when there is none. */
  static @Nullable Join lockJoinToken(Sql tx, String token) {
    for (var row : tx.run("agent.lock_join_token", Tuple.of(Buffer.buffer(Tokens.digest(token))))) {
      return new Join(row.getUUID("id"), new NamespacePath(row.getArrayOfStrings("namespaces")[0]),
          JoinTerms.read(row.getString("settings")), row.getString("created_by"));
    }
    return null;
  }

  static void useJoinToken(Sql tx, UUID id) {
    tx.run("agent.use_join_token", Tuple.of(id));
  }

  static boolean hasLiveToken(Sql tx, int agentNo) {
    return tx.run("agent.live_agent_tokens", Tuple.of(agentNo)).size() > 0;
  }

  /** The terms the agent last registered with. */
  static JoinTerms terms(Sql sql, int agentNo) {
    for (var row : sql.run("agent.newest_terms", Tuple.of(agentNo))) {
      return JoinTerms.read(row.getString("settings"));
    }
    return JoinTerms.NONE;
  }

  /** Lets an agent's tokens live on for at most {@code seconds}; returns how many were valid. */
  static int retire(Sql tx, int agentNo, int seconds) {
    return tx.run("agent.retire_agent_tokens", Tuple.of(agentNo, seconds)).size();
  }

  /** Why a token with these walls cannot bear a name, or null; until the end of the transaction nobody else makes a named token. */
  static @Nullable String nameTaken(Sql tx, String name, List<NamespacePath> walls) {
    tx.run("agent.lock_token_names", Tuple.tuple());
    for (var row : tx.run("agent.token_named", Tuple.tuple().addString(name)
        .addArrayOfString(walls.stream().map(NamespacePath::value).toArray(String[]::new)))) {
      return row.getBoolean("live") ? "A valid token is named '" + name + "' already; choose another name."
          : "A token of other namespaces was named '" + name + "' before, and what it left behind would be this one's; choose another name.";
    }
    return null;
  }

  static @Nullable Token get(Sql sql, UUID id) {
    for (var row : sql.run("agent.get_token", Tuple.of(id))) {
      return token(row);
    }
    return null;
  }

  static List<Token> list(Sql sql, List<NamespacePath> walls, @Nullable String kind, boolean ended,
      @Nullable UUID after, int limit) {
    return sql.run("agent.list_tokens", AgentStore.tuple(AgentStore.paths(walls), kind, ended, after, (long) limit))
        .stream().map(TokenStore::token).toList();
  }

  /** Ends a token; false when it had been revoked before. */
  static boolean revoke(Sql tx, UUID id) {
    return tx.run("agent.revoke_token", Tuple.of(id)).size() > 0;
  }

  private static Token token(Row row) {
    return new Token(row.getUUID("id"), row.getString("kind"), row.getString("name"), row.getString("status"),
        Arrays.stream(row.getArrayOfStrings("namespaces")).map(NamespacePath::new).toList(),
        List.of(row.getArrayOfStrings("rights")), AgentStore.instant(row, "created_at"), row.getString("created_by"),
        AgentStore.instant(row, "expires_at"), AgentStore.instant(row, "revoked_at"),
        AgentStore.instant(row, "used_at"), AgentStore.instant(row, "last_used_at"));
  }
}
