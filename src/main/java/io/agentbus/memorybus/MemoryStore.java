package io.agentbus.memorybus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.db.Sql;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements of entries that several services run, and how their rows read. */
final class MemoryStore {
  /** Behind so many bytes of content no further row is answered: a page of the largest would weigh more than a node has room for. */
  static final long ANSWER_BYTES = 8L << 20;

  private MemoryStore() {}

  /** True when there was no room for all rows of a page, else null. */
  static @Nullable Boolean truncated(RowSet<Row> rows) {
    return rows.size() > 0 && rows.iterator().next().getLong("page") > rows.size() ? true : null;
  }

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

  /** An entry that the caller has passed the gate with, wherever it is. */
  static Kept held(Sql tx, Caller caller, UUID id) {
    for (var row : tx.run("memory.get", Tuple.of(id))) {
      return kept(caller, row, false);
    }
    throw ProblemException.notFound("memory", id);
  }

  /**
   * Makes sure that spaces are there and holds them to the end of the transaction. All that a transaction needs are held in one call, before
   * anything else is: that is the order in which nobody waits for somebody who waits for him.
   */
  static void hold(Sql tx, List<Integer> namespaceIds) {
    var ids = namespaceIds.stream().distinct().sorted().toArray(Integer[]::new);
    for (var id : ids) {
      tx.run("memory.make_space", Tuple.of(id));
    }
    tx.run("memory.lock_spaces", Tuple.tuple().addArrayOfInteger(ids));
  }

  /** The entry of a title, or null. */
  static @Nullable UUID byTitle(Sql tx, int namespaceId, String title) {
    for (var row : tx.run("memory.by_title", Tuple.of(namespaceId, title))) {
      return row.getUUID("id");
    }
    return null;
  }

  /** Refuses a title that another entry has. @param but the entry that may have it; null = none */
  static void refuseTaken(Sql tx, Place at, String title, @Nullable UUID but) {
    var existing = byTitle(tx, at.id(), title);
    if (existing != null && !existing.equals(but)) {
      throw ProblemException.of(ProblemCode.DUPLICATE_CONFLICT, "CONFLICT: memory with title '" + (title.length() <= 100 ? title : title.substring(0, 97)
          + "...") + "' already exists in namespace '" + at.path() + "' (existing id: " + existing
          + "). on_conflict merge puts the new content into it, version gives the new one a number.").with("existing_id", existing.toString());
    }
  }

  /** Refuses an end that is over, by the database's clock. */
  static void refuseOver(Sql tx, @Nullable OffsetDateTime expiresAt) {
    if (expiresAt != null && tx.run("memory.is_over", tuple(expiresAt)).iterator().next().getBoolean("over")) {
      throw ProblemException.invalid("/expires_at", "lies in the past: nothing would be kept");
    }
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
