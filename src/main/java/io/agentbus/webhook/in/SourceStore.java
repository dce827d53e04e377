package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.db.Sql;
import io.agentbus.id.Ids;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Json;
import io.agentbus.webhook.in.scheme.Scheme;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements of sources and their routes. */
final class SourceStore {
  /** A secret as it is kept: exactly one of digest and sealed. */
  record KeptSecret(UUID id, byte @Nullable [] digest, byte @Nullable [] sealed, Instant createdAt, @Nullable Instant expiresAt) {
    KnownSecret known() {
      return new KnownSecret(id, createdAt, expiresAt);
    }
  }

  private SourceStore() {}

  /** False when the name is taken. */
  static boolean insert(Sql tx, UUID id, int namespaceId, PutSource in, Scheme scheme, String by) {
    return tx.run("source.insert", tuple(id, in.name(), namespaceId, scheme.wire(), in.enabled() == null || in.enabled(), blankToNull(in.defaultAgent()),
        or(in.toleranceSeconds(), 300), or(in.maxBodyBytes(), scheme.maxBody()), or(in.dedupeSeconds(), 7 * 86_400), or(in.repeatSeconds(), 600),
        headers(in.headers() == null ? List.of() : in.headers()), by)).size() > 0;
  }

  static void update(Sql tx, WebhookSource old, PutSource in) {
    tx.run("source.update", tuple(old.id(), in.enabled() == null ? old.enabled() : in.enabled(),
        in.defaultAgent() == null ? old.defaultAgent() : blankToNull(in.defaultAgent()), or(in.toleranceSeconds(), old.toleranceSeconds()),
        or(in.maxBodyBytes(), old.maxBodyBytes()), or(in.dedupeSeconds(), old.dedupeSeconds()), or(in.repeatSeconds(), old.repeatSeconds()),
        headers(in.headers() == null ? old.headers() : in.headers())));
  }

  static void lock(Sql tx, String name) {
    tx.run("source.lock", Tuple.of(name));
  }

  /** Without its secrets; null when there is none of that name. */
  static @Nullable WebhookSource get(Sql sql, String name) {
    for (var row : sql.run("source.get", Tuple.of(name))) {
      return source(row);
    }
    return null;
  }

  static List<WebhookSource> list(Sql sql, @Nullable String namespaceRegex, List<NamespacePath> walls, @Nullable String after, int limit) {
    var paths = walls.stream().map(NamespacePath::value).toArray(String[]::new);
    return sql.run("source.list", tuple(namespaceRegex, paths, after, (long) limit)).stream().map(SourceStore::source).toList();
  }

  /** Counted up to {@code most}. */
  static int count(Sql sql, int most) {
    return sql.run("source.count", Tuple.of((long) most)).iterator().next().getInteger("sources");
  }

  /** False when webhooks of it wait. */
  static boolean delete(Sql tx, UUID id) {
    return tx.run("source.delete", Tuple.of(id)).size() > 0;
  }

  static List<KeptSecret> secrets(Sql sql, UUID source) {
    return sql.run("source.secrets", Tuple.of(source)).stream().map(row -> new KeptSecret(row.getUUID("id"), bytes(row, "digest"),
        bytes(row, "sealed"), instant(row, "created_at"), maybe(row, "expires_at"))).toList();
  }

  /** False when another source has this token. */
  static boolean addSecret(Sql tx, UUID source, byte @Nullable [] digest, byte @Nullable [] sealed, @Nullable Instant expiresAt) {
    return tx.run("source.add_secret", tuple(Ids.next(), source, digest == null ? null : Buffer.buffer(digest),
        sealed == null ? null : Buffer.buffer(sealed), expiresAt == null ? null : expiresAt.atOffset(ZoneOffset.UTC))).size() > 0;
  }

  /** @param over only those whose time is over */
  static void removeSecrets(Sql tx, UUID source, boolean over) {
    tx.run("source.remove_secrets", Tuple.of(source, over));
  }

  /** When the last of those that were good ends; null when there was none. */
  static @Nullable Instant endSecrets(Sql tx, UUID source, int seconds) {
    Instant last = null;
    for (var row : tx.run("source.end_secrets", Tuple.of(source, (double) seconds))) {
      var end = instant(row, "expires_at");
      last = last == null || end.isAfter(last) ? end : last;
    }
    return last;
  }

  /** Name of the source that a token belongs to, or null. */
  static @Nullable String ofToken(Sql sql, byte[] digest) {
    for (var row : sql.run("source.of_token", Tuple.of(Buffer.buffer(digest)))) {
      return row.getString("name");
    }
    return null;
  }

  /** Whether it is new. */
  static boolean putRoute(Sql tx, UUID source, PutRoute in, String by) {
    return tx.run("source.put_route", tuple(Ids.next(), source, in.name(), or(in.order(), 100), in.when(), Json.text(in.then()),
        in.last() == null || in.last(), by)).iterator().next().getBoolean("created");
  }

  static List<SourceRoute> routes(Sql sql, UUID source, String sourceName) {
    return sql.run("source.routes", Tuple.of(source)).stream().map(row -> new SourceRoute(row.getUUID("id"), sourceName, row.getString("name"),
        row.getInteger("place"), row.getString("condition"), Trees.of(row.getString("actions")), row.getBoolean("last"), instant(row, "created_at"),
        row.getString("created_by"), instant(row, "updated_at"))).toList();
  }

  static boolean deleteRoute(Sql tx, UUID source, String name) {
    return tx.run("source.delete_route", Tuple.of(source, name)).size() > 0;
  }

  static void journal(Sql tx, int namespaceId, String actor, String action, ObjectNode detail) {
    tx.run("source.journal", tuple(namespaceId, actor, action, detail.toString()));
  }

  private static WebhookSource source(Row row) {
    var name = row.getString("name");
    return new WebhookSource(row.getUUID("id"), name, new NamespacePath(row.getString("namespace")), row.getString("scheme"), "/webhooks/" + name,
        row.getBoolean("enabled"), row.getString("default_agent"), row.getInteger("tolerance_seconds"), row.getInteger("max_body_bytes"),
        row.getInteger("dedupe_seconds"), row.getInteger("repeat_seconds"), List.of(row.getArrayOfStrings("headers")), List.of(),
        row.getInteger("waiting"), row.getInteger("dead"), instant(row, "created_at"), row.getString("created_by"), instant(row, "updated_at"));
  }

  static Instant instant(Row row, String column) {
    return Objects.requireNonNull(row.getOffsetDateTime(column), column).toInstant();
  }

  static @Nullable Instant maybe(Row row, String column) {
    OffsetDateTime at = row.getOffsetDateTime(column);
    return at == null ? null : at.toInstant();
  }

  private static byte @Nullable [] bytes(Row row, String column) {
    var buffer = row.getBuffer(column);
    return buffer == null ? null : buffer.getBytes();
  }

  private static String[] headers(List<String> names) {
    return names.stream().map(name -> name.toLowerCase(java.util.Locale.ROOT)).distinct().sorted().toArray(String[]::new);
  }

  private static int or(@Nullable Integer given, int otherwise) {
    return given == null ? otherwise : given;
  }

  private static @Nullable String blankToNull(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }

  static Tuple tuple(@Nullable Object... values) {
    return Tuple.from(Arrays.asList(values));
  }
}
