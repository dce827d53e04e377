package io.agentbus.webhook.in;

import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements of what came. */
final class WebhookStore {
  /** What became of one that was to be kept. @param id of it, or of the one that was taken before; null = there was no room */
  record Accepted(@Nullable UUID id, boolean duplicate) {}

  /** How one stands that could not be routed. */
  record Failed(boolean dead, int tries, String source, int namespaceId) {}

  private WebhookStore() {}

  /**
   * Keeps a webhook unless it was taken before.
   *
   * @param key digest of what tells it from others of its source
   * @param seconds for which that counts
   * @param backlog most webhooks of the source that may wait
   * @param backlogBytes most bytes of them
   */
  static Accepted accept(Sql sql, UUID source, byte[] key, int seconds, Arrival arrival, @Nullable String deliveryId, long backlog,
      long backlogBytes) {
    var row = sql.run("source.accept", SourceStore.tuple(arrival.id(), source, Buffer.buffer(key), (double) seconds, deliveryId, arrival.type(),
        arrival.topic(), Json.text(arrival.headers()), Buffer.buffer(Trees.bytes(arrival.payload())), backlog,
        arrival.body() == null ? null : Buffer.buffer(arrival.body()), backlogBytes)).iterator().next();
    if (row.getUUID("made") != null) {
      return new Accepted(row.getUUID("made"), false);
    }
    if (row.getUUID("known") != null) {
      return new Accepted(row.getUUID("known"), true);
    }
    if (!row.getBoolean("room")) {
      return new Accepted(null, false);
    }
    // Somebody else was taking it in the same instant.
    return new Accepted(taken(sql, source, key), true);
  }

  static @Nullable UUID taken(Sql sql, UUID source, byte[] key) {
    for (var row : sql.run("source.find_taken", Tuple.of(source, Buffer.buffer(key)))) {
      return row.getUUID("made_id");
    }
    return null;
  }

  /** Takes a key for the transaction; false when it was taken before. */
  static boolean take(Tx tx, UUID source, byte[] key, UUID id, int seconds) {
    return tx.run("source.take", Tuple.of(source, Buffer.buffer(key), id, (double) seconds)).size() > 0;
  }

  static void took(Tx tx, UUID source, byte[] key, UUID made) {
    tx.run("source.took", Tuple.of(source, Buffer.buffer(key), made));
  }

  /** One that waits, and its source. */
  record Pending(UUID id, UUID source) {}

  /** One that is due, held for the transaction: of the first source behind {@code after} that has any. Null when there is none. */
  static @Nullable Pending nextPending(Tx tx, UUID after) {
    for (var row : tx.run("source.next_pending", Tuple.of(after))) {
      return new Pending(row.getUUID("webhook_id"), row.getUUID("source_id"));
    }
    return null;
  }

  /** Until the next is due; null when none waits. */
  static @Nullable Duration untilDue(Sql sql) {
    for (var row : sql.run("source.pending_due", Tuple.tuple())) {
      return Duration.ofMillis(row.getLong("millis"));
    }
    return null;
  }

  /** As routes see it, or null. */
  static @Nullable Arrival arrival(Sql sql, UUID id) {
    for (var row : sql.run("source.webhook", Tuple.of(id))) {
      return new Arrival(id, row.getString("source"), new NamespacePath(row.getString("namespace")), row.getString("default_agent"),
          row.getString("type"), row.getString("topic"), Trees.of(row.getString("headers")), Trees.of(row.getBuffer("payload").getBytes()), null,
          row.getBoolean("sketched"), SourceStore.instant(row, "received_at"));
    }
    return null;
  }


  /** All that was sent, of one whose payload is a sketch; null when that is more than {@code most} bytes. */
  static @Nullable String body(Sql sql, UUID id, int most) {
    for (var row : sql.run("source.body", Tuple.of(id, most))) {
      return row.getBuffer("body").toString(StandardCharsets.UTF_8);
    }
    return null;
  }

  static @Nullable Webhook get(Sql sql, UUID id) {
    for (var row : sql.run("source.webhook_row", Tuple.of(id))) {
      return webhook(row);
    }
    return null;
  }

  static List<Webhook> list(Sql sql, UUID source, @Nullable String status, @Nullable UUID after, int limit) {
    return sql.run("source.list_webhooks", SourceStore.tuple(source, status, after, (long) limit)).stream().map(WebhookStore::webhook).toList();
  }

  static void routed(Tx tx, UUID id, String made) {
    tx.run("source.routed", Tuple.of(id, made));
  }

  /** Null when another node has routed it meanwhile. */
  static @Nullable Failed failed(Sql sql, UUID id, String why, Duration first, Duration longest, int tries) {
    for (var row : sql.run("source.failed", Tuple.of(id, why, first.toMillis() / 1_000.0, longest.toMillis() / 1_000.0, tries))) {
      return new Failed(row.getString("status").equals("dead"), row.getInteger("tries"), row.getString("source"), row.getInteger("namespace_id"));
    }
    return null;
  }

  static boolean retry(Tx tx, UUID id) {
    return tx.run("source.retry", Tuple.of(id)).size() > 0;
  }

  /** How many were removed. */
  static int expireIds(Sql sql, int most) {
    return sql.run("source.expire_ids", Tuple.of((long) most)).rowCount();
  }

  static int expireWebhooks(Sql sql, int most, Duration kept, Duration deadKept) {
    return sql.run("source.expire_webhooks", Tuple.of((long) most, (double) kept.toSeconds(), (double) deadKept.toSeconds())).rowCount();
  }

  private static Webhook webhook(Row row) {
    var made = row.getString("made");
    return new Webhook(row.getUUID("id"), row.getString("source"), new NamespacePath(row.getString("namespace")), row.getString("delivery_id"),
        row.getString("type"), row.getString("topic"), row.getInteger("bytes"), SourceStore.instant(row, "received_at"), row.getString("status"),
        row.getInteger("tries"), row.getString("last_error"), made == null ? null : Trees.of(made), SourceStore.maybe(row, "ended_at"));
  }
}
