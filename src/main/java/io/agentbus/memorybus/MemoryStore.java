package io.agentbus.memorybus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.db.Sql;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements of entries that several services run, and how their rows read. */
final class MemoryStore {
  private MemoryStore() {}

  /**
   * An entry and what the answers do not tell of it.
   *
   * @param agentId name of who stored it first
   * @param owner the same as the journal has it
   * @param metadata as JSON text
   */
  record Kept(MemoryEntry entry, int namespaceId, String agentId, String owner, String scope, String metadata) {}

  static Tuple tuple(@Nullable Object... values) {
    return Tuple.from(Arrays.asList(values));
  }

  /** The entry of an id, if the caller sees its namespace. */
  static Kept get(Sql sql, Caller caller, UUID id) {
    for (var row : sql.run("memory.get", Tuple.of(id))) {
      if (caller.sees(new NamespacePath(row.getString("namespace")))) {
        return kept(caller, row, false);
      }
    }
    throw ProblemException.notFound("memory", id);
  }

  /** Makes sure that the spaces are there and holds them to the end of the transaction. */
  static void hold(Sql tx, Integer... namespaceIds) {
    for (var id : namespaceIds) {
      tx.run("memory.make_space", Tuple.of(id));
    }
    tx.run("memory.lock_spaces", Tuple.tuple().addArrayOfInteger(namespaceIds));
  }

  static void journal(Sql tx, int namespaceId, String actor, String action, ObjectNode detail) {
    tx.run("memory.journal", tuple(namespaceId, actor, action, Json.text(detail)));
  }

  static Kept kept(Caller caller, Row row, boolean below) {
    return new Kept(entry(caller, row, below, null), row.getInteger("namespace_id"), row.getString("agent_id"),
        row.getString("owner"), row.getString("scope"), row.getString("metadata"));
  }

  /** @param score as recalled, or null */
  static MemoryEntry entry(Caller caller, Row row, boolean below, @Nullable Double score) {
    return new MemoryEntry(row.getUUID("id"), row.getString("tier"), MemoryNames.shown(caller, row.getString("namespace"), below), row.getString("title"),
        row.getString("content"), List.of(row.getArrayOfStrings("tags")), row.getInteger("priority"), row.getDouble("confidence"),
        row.getString("source"), row.getInteger("access_count"), row.getOffsetDateTime("created_at"), row.getOffsetDateTime("updated_at"),
        row.getOffsetDateTime("last_accessed_at"), row.getOffsetDateTime("expires_at"), Json.raw(row.getString("metadata")), score, null);
  }
}
