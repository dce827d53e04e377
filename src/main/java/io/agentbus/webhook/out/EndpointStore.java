package io.agentbus.webhook.out;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.db.Sql;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements of endpoints. */
final class EndpointStore {
  private EndpointStore() {}

  /**
   * A row, its secrets closed.
   *
   * @param hold for how long it is to be left alone; null = not at all
   */
  record Stored(String url, WebhookFormat format, int timeoutSeconds, @Nullable Buffer headers, Buffer secret,
      @Nullable Buffer oldSecret, @Nullable Buffer textSecret, @Nullable Duration hold, @Nullable String lastError) {}

  /** Whose endpoint it is. @param agentNo null for one that belongs to no agent */
  record Owner(NamespacePath home, int namespaceId, String owner, @Nullable Integer agentNo) {}

  /**
   * What counting a failure came to.
   *
   * @param failures in a row
   * @param over whether there was nothing but failures for too long
   */
  record Failures(int failures, @Nullable Instant since, boolean over) {}

  static void open(Sql tx, UUID id, String url, WebhookFormat format, int timeoutSeconds, @Nullable Integer rate, Map<String, String> headers,
      @Nullable Buffer closedHeaders, Buffer secret, @Nullable Buffer textSecret) {
    tx.run("webhook_out.open", tuple(id, url, format.wire(), timeoutSeconds, rate, headers.keySet().stream().sorted().toArray(String[]::new),
        closedHeaders, secret, textSecret));
  }

  /** What is null stays; a rate of 0 is none. */
  static void change(Sql tx, UUID id, @Nullable String url, @Nullable Integer timeoutSeconds, @Nullable Integer rate, @Nullable Map<String, String> headers,
      @Nullable Buffer closedHeaders) {
    tx.run("webhook_out.change", tuple(id, url, timeoutSeconds, rate, headers == null ? null : headers.keySet().stream().sorted().toArray(String[]::new),
        closedHeaders));
  }

  static @Nullable Stored get(Sql sql, UUID id) {
    for (var row : sql.run("webhook_out.get", Tuple.of(id))) {
      var hold = row.getLong("hold_ms");
      return new Stored(row.getString("url"), WebhookFormat.ofWire(row.getString("format")), row.getInteger("timeout_seconds"),
          row.getBuffer("headers"), row.getBuffer("secret"), row.getBuffer("old_secret"),
          row.getBuffer("text_secret"), hold == null || hold <= 0 ? null : Duration.ofMillis(hold), row.getString("last_error"));
    }
    return null;
  }

  static void succeeded(Sql sql, UUID id) {
    sql.run("webhook_out.succeeded", Tuple.of(id));
  }

  /** Null when the endpoint is gone. */
  static @Nullable Failures failed(Sql sql, UUID id, String error, Duration hold, Patience patience) {
    var counted = sql.run("webhook_out.failed", tuple(id, error, seconds(hold), seconds(patience.hold()), patience.holdFrom(),
        patience.countFrom(), seconds(patience.disableAfter())));
    for (var row : counted) {
      return new Failures(row.getInteger("failures"), instant(row, "failing_since"), row.getBoolean("over"));
    }
    return null;
  }

  static void resumed(Sql tx, UUID id) {
    tx.run("webhook_out.resumed", Tuple.of(id));
  }

  static void close(Sql tx, UUID id) {
    tx.run("webhook_out.close", Tuple.of(id));
  }

  /** Until when the secret before signs too; null = not at all. */
  static @Nullable Instant rotate(Sql tx, UUID id, Buffer secret, int overlapSeconds) {
    for (var row : tx.run("webhook_out.rotate", Tuple.of(id, secret, overlapSeconds))) {
      return instant(row, "old_secret_until");
    }
    throw new IllegalStateException("the endpoint of subscription " + id + " is gone");
  }

  /** Whether a ping may begin now. */
  static boolean takePing(Sql sql, UUID id, int seconds) {
    return sql.run("webhook_out.take_ping", Tuple.of(id, seconds)).size() > 0;
  }

  static @Nullable Owner owner(Sql sql, UUID id) {
    for (var row : sql.run("webhook_out.owner", Tuple.of(id))) {
      return new Owner(new NamespacePath(row.getString("home")), row.getInteger("namespace_id"), row.getString("owner"),
          row.getInteger("owner_agent_no"));
    }
    return null;
  }

  /** What its owner may know; empty when there is none. */
  static ObjectNode describe(Sql sql, UUID id) {
    var told = Json.MAPPER.createObjectNode();
    for (var row : sql.run("webhook_out.describe", Tuple.of(id))) {
      told.put("url", row.getString("url")).put("format", row.getString("format")).put("timeout_seconds", row.getInteger("timeout_seconds"))
          .put("rate_per_second", row.getInteger("rate_per_second"));
      List.of(row.getArrayOfStrings("header_names")).forEach(told.putArray("headers")::add);
      told.put("text_secret", row.getBoolean("has_text_secret"));
      put(told, row, "rotated_at", "old_secret_until", "failing_since", "last_failed_at", "last_succeeded_at", "hold_until");
      told.put("failures", row.getInteger("failures")).put("last_error", row.getString("last_error"));
    }
    return told;
  }

  static void journal(Sql tx, Owner owner, String actor, String action, ObjectNode detail) {
    tx.run("webhook_out.journal", tuple(owner.namespaceId(), actor, action, detail.toString()));
  }

  private static void put(ObjectNode told, Row row, String... times) {
    for (var time : times) {
      told.set(time, Json.MAPPER.valueToTree(instant(row, time)));
    }
  }

  private static @Nullable Instant instant(Row row, String column) {
    OffsetDateTime time = row.getOffsetDateTime(column);
    return time == null ? null : time.toInstant();
  }

  private static double seconds(Duration length) {
    return length.toMillis() / 1_000.0;
  }

  private static Tuple tuple(@Nullable Object... values) {
    return Tuple.from(Arrays.asList(values));
  }
}
