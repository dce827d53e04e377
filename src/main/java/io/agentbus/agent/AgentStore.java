package io.agentbus.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.db.Sql;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Json;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements of agents and how their rows read. */
final class AgentStore {
  private AgentStore() {}

  /** Makes an agent and returns its number; null when its name is taken in that namespace. */
  static @Nullable Integer insert(Sql sql, UUID id, int namespaceId, String name, AgentChange is, String by) {
    var limit = is.concurrency() == null || is.concurrency() == 0 ? null : is.concurrency();
    for (var row : sql.run("agent.insert", tuple(id, namespaceId, name, limit, or(is.channel(), "pull"),
        words(or(is.tags(), List.of())), words(or(is.capabilities(), List.of())), is.hostname(), is.hostUid(),
        is.platform(), is.version(), or(text(is.metadata()), "{}"), by))) {
      return row.getInteger("agent_no");
    }
    return null;
  }

  /** Holds the row of the agent of that name and returns its number; null when there is none. */
  static @Nullable Integer lock(Sql tx, int namespaceId, String name) {
    for (var row : tx.run("agent.lock", Tuple.of(namespaceId, name))) {
      return row.getInteger("agent_no");
    }
    return null;
  }

  static void lock(Sql tx, int agentNo) {
    tx.run("agent.lock_no", Tuple.of(agentNo));
  }

  static void update(Sql sql, int agentNo, AgentChange to) {
    sql.run("agent.update", tuple(agentNo, to.concurrency(), to.channel(), words(to.tags()),
        words(to.capabilities()), to.hostname(), to.hostUid(), to.platform(), to.version(), text(to.metadata()),
        to.desired()));
  }

  static void limitLeases(Sql tx, int agentNo) {
    tx.run("agent.limit_leases", Tuple.of(agentNo));
  }

  /** The agent of a number that exists. {@code age} is how many seconds ago this node heard of it, or null. */
  static Agent get(Sql sql, int agentNo, @Nullable Double age) {
    for (var row : sql.run("agent.get", tuple(agentNo, age))) {
      return agent(row);
    }
    throw new IllegalStateException("there is no agent number " + agentNo);
  }

  /** The agent of an id, or null. */
  static @Nullable AgentRef refById(Sql sql, UUID id) {
    return first(sql.run("agent.ref_by_id", Tuple.of(id)));
  }

  /** The agent of a name in exactly one namespace, as {@code sql} sees it, or null. */
  static @Nullable AgentRef refByName(Sql sql, NamespacePath namespace, String name) {
    return first(sql.run("agent.ref_by_name", Tuple.of(new String[] {namespace.value()}, name)));
  }

  private static @Nullable AgentRef first(RowSet<Row> rows) {
    for (var row : rows) {
      return ref(row);
    }
    return null;
  }

  /** Agents by namespace and name, those after {@code after} (two sort keys) when it is given. */
  static List<Agent> list(Sql sql, @Nullable String namespaceRegex, List<NamespacePath> walls, ListAgents wish,
      @Nullable List<String> after, int limit, Presence.Unflushed heard) {
    var afterNamespace = after == null ? null : after.get(0);
    var afterName = after == null ? null : after.get(1);
    var rows = sql.run("agent.list", tuple(namespaceRegex, paths(walls), wish.status(), wish.tag(), wish.capability(),
        wish.namePrefix(), afterNamespace, afterName, (long) limit, heard.agentNos(), heard.ages()));
    return rows.stream().map(AgentStore::agent).toList();
  }

  /** Adds a row to the journal within the transaction of the change it tells of. */
  static void journal(Sql tx, @Nullable Integer namespaceId, String actor, String action, ObjectNode detail) {
    tx.run("agent.journal", tuple(namespaceId, actor, action, detail.toString()));
  }

  static AgentRef ref(Row row) {
    return new AgentRef(row.getInteger("agent_no"), row.getUUID("id"), new NamespacePath(row.getString("namespace")),
        row.getString("name"), row.getInteger("concurrency"), List.of(row.getArrayOfStrings("tags")),
        List.of(row.getArrayOfStrings("capabilities")), row.getString("desired"), row.getBoolean("paused"),
        row.getString("channel"));
  }

  private static Agent agent(Row row) {
    var limit = row.getInteger("concurrency");
    return new Agent(row.getUUID("id"), new NamespacePath(row.getString("namespace")), row.getString("name"),
        row.getString("status"), row.getString("desired"), row.getBoolean("paused"), or(limit, 0),
        row.getString("channel"), List.of(row.getArrayOfStrings("tags")),
        List.of(row.getArrayOfStrings("capabilities")), row.getString("hostname"), row.getString("host_uid"),
        row.getString("platform"), row.getString("version"), object(row.getString("metadata")),
        instant(row, "last_heartbeat_at"), instant(row, "created_at"), instant(row, "updated_at"));
  }

  static ObjectNode object(String json) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a jsonb column held no JSON", e);
    }
  }

  static @Nullable Instant instant(Row row, String column) {
    var at = row.getOffsetDateTime(column);
    return at == null ? null : at.toInstant();
  }

  static String[] paths(List<NamespacePath> namespaces) {
    return namespaces.stream().map(NamespacePath::value).toArray(String[]::new);
  }

  /** A tuple whose values may be null. */
  static Tuple tuple(@Nullable Object... values) {
    return Tuple.from(Arrays.asList(values));
  }

  private static String @Nullable [] words(@Nullable List<String> words) {
    return words == null ? null : words.toArray(String[]::new);
  }

  private static @Nullable String text(@Nullable ObjectNode json) {
    return json == null ? null : json.toString();
  }

  private static <T> T or(@Nullable T value, T absent) {
    return value == null ? absent : value;
  }
}
