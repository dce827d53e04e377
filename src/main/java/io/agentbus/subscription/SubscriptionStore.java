package io.agentbus.subscription;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.op.Right;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The statements of subscriptions and how their rows read. */
final class SubscriptionStore {
  /** Bytes of payloads that a page has, but for its last event. */
  static final long BYTES = 8 << 20;

  /** The shared cursor. @param version counts the changes of subscriptions @param paused whether some namespace is */
  record Cursor(long position, long version, boolean paused) {}

  /** How the shared cursor stands, without holding it. @param served whether anybody is served from it @param behind whether somebody must catch up */
  record Look(long position, boolean served, boolean behind) {}

  /** The positions there are. */
  record Bounds(long oldest, long newest) {}

  /** A subscription that must catch up. */
  record Behind(UUID id, String owner) {}

  /** What a subscription's owner may see and do now. */
  record Terms(Caller caller) {
    boolean sees(String namespace) {
      return caller.sees(new NamespacePath(namespace));
    }
  }

  private SubscriptionStore() {}

  static @Nullable Cursor take(Tx tx) {
    for (var row : tx.run("subscription.fan_out_take", Tuple.tuple())) {
      return new Cursor(row.getLong("position"), row.getLong("version"), row.getBoolean("paused"));
    }
    return null;
  }

  /** Holds the shared cursor until the end of the transaction. */
  static Cursor hold(Tx tx) {
    var row = tx.run("subscription.fan_out_hold", Tuple.tuple()).iterator().next();
    return new Cursor(row.getLong("position"), row.getLong("version"), row.getBoolean("paused"));
  }

  /** Those of some whose namespace is not paused. */
  static Set<UUID> open(Sql sql, Collection<UUID> ids) {
    return sql.run("subscription.open", Tuple.tuple().addArrayOfUUID(array(ids))).stream().map(row -> row.getUUID("id")).collect(Collectors.toSet());
  }

  /** The box of an agent had no room for what a subscription is told. */
  static void boxFull(Sql tx, UUID id, int agentNo) {
    tx.run("subscription.box_full", Tuple.of(id, agentNo));
  }

  /** Makes whoever hands out look anew at who is to be served. */
  static void changed(Tx tx) {
    tx.run("subscription.fan_out_changed", Tuple.tuple());
  }

  static void advance(Tx tx, long position) {
    tx.run("subscription.fan_out_advance", Tuple.of(position));
  }

  static Look look(Sql sql) {
    var row = sql.run("subscription.fan_out_look", Tuple.tuple()).iterator().next();
    return new Look(row.getLong("position"), row.getBoolean("served"), row.getBoolean("behind"));
  }

  static Bounds bounds(Sql sql) {
    var row = sql.run("event.bounds", Tuple.tuple()).iterator().next();
    return new Bounds(row.getLong("oldest"), row.getLong("newest"));
  }

  static List<Definition> live(Sql sql) {
    return definitions(sql.run("subscription.live", Tuple.tuple()));
  }

  static @Nullable Definition definition(Sql sql, UUID id) {
    return first(sql.run("subscription.definition", Tuple.of(id)));
  }

  static Map<UUID, Definition> definitions(Sql sql, Collection<UUID> ids) {
    var found = new HashMap<UUID, Definition>();
    definitions(sql.run("subscription.definitions", Tuple.tuple().addArrayOfUUID(array(ids)))).forEach(one -> found.put(one.id(), one));
    return found;
  }

  /** Holds one, so that nobody else writes deliveries of it or removes it before the transaction ends; waits for who holds it. @return whether it is there */
  static boolean keep(Tx tx, UUID id) {
    return tx.run("subscription.keep", Tuple.of(id)).size() > 0;
  }

  /** Holds one that must catch up; null when it need not any more or another node is at it. */
  static @Nullable Definition holdBehind(Tx tx, UUID id) {
    return first(tx.run("subscription.hold_behind", Tuple.of(id)));
  }

  /** Some that must catch up, by their owners, who take turns. @param roomBelow so many deliveries of it that wait are too many */
  static List<Behind> behind(Sql sql, int roomBelow, int most) {
    return sql.run("subscription.behind", Tuple.of(roomBelow, most)).stream().map(row -> new Behind(row.getUUID("id"), row.getString("owner"))).toList();
  }

  static void goBehind(Tx tx, Collection<UUID> ids, long position) {
    tx.run("subscription.go_behind", Tuple.tuple().addArrayOfUUID(array(ids)).addLong(position));
  }

  static boolean goLive(Tx tx, UUID id, long position) {
    return tx.run("subscription.go_live", Tuple.of(id, position)).size() > 0;
  }

  /** @param missed events up to here were removed before it could look at them; null = none */
  static void moveTo(Tx tx, UUID id, long position, @Nullable Long missed) {
    tx.run("subscription.move_to", DeliveryStore.tuple(id, position, missed));
  }

  /** @param position from which a live one goes on later */
  static boolean setStatus(Tx tx, UUID id, SubscriptionStatus status, @Nullable String reason, long position) {
    return tx.run("subscription.set_status", DeliveryStore.tuple(id, status.wire(), reason, position)).size() > 0;
  }

  static Map<UUID, Terms> terms(Sql sql, Collection<UUID> ids) {
    var terms = new HashMap<UUID, Terms>();
    for (var row : sql.run("subscription.terms", Tuple.tuple().addArrayOfUUID(array(ids)))) {
      var rights = EnumSet.noneOf(Right.class);
      for (var right : row.getArrayOfStrings("rights")) {
        rights.add(Right.valueOf(right.toUpperCase(Locale.ROOT)));
      }
      var walls = Arrays.stream(row.getArrayOfStrings("namespaces")).map(NamespacePath::new).toList();
      terms.put(row.getUUID("id"), new Terms(Caller.actingFor("subscription:" + row.getUUID("id"), walls, rights)));
    }
    return terms;
  }

  /**
   * Some events of a stretch, as many as one should hold in memory.
   *
   * @param reached there are no more up to here
   * @param full whether it ends because of the bytes that its payloads have
   */
  record Page(List<Happened> events, long reached, boolean full) {}

  /** Events behind a position. @param most how many @param topics null = any */
  static Page page(Sql sql, boolean emittedOnly, long position, long to, int most, String @Nullable [] topics) {
    var rows = sql.run(emittedOnly ? "subscription.page_emitted" : "subscription.page",
        Tuple.tuple().addLong(position).addLong(to).addInteger(most).addArrayOfString(topics).addLong(BYTES));
    var events = happened(rows);
    var looked = events.isEmpty() ? 0 : rows.iterator().next().getLong("looked").intValue();
    return new Page(events, events.size() < looked || looked == most ? events.getLast().position() : to, events.size() < looked);
  }

  /** Events by their journal rows. At most as many as fit into memory with the largest payloads there are. */
  static List<Happened> events(Sql sql, Collection<Long> journalIds) {
    return happened(sql.run("subscription.events", Tuple.tuple().addArrayOfLong(journalIds.toArray(Long[]::new)).addLong(Long.MAX_VALUE)));
  }

  /** The same without their payloads, so that there may be many. */
  static List<Happened> bareEvents(Sql sql, Collection<Long> journalIds) {
    var found = new ArrayList<Happened>(journalIds.size());
    sql.run("subscription.events", Tuple.tuple().addArrayOfLong(journalIds.toArray(Long[]::new)).addLong(0L))
        .forEach(row -> found.add(happened(row).bare()));
    return found;
  }

  /** The same for as many as fit into some bytes, at least one. @return without those that there was no room for, whose rows are added to {@code over} */
  static List<Happened> events(Sql sql, Collection<Long> journalIds, long bytes, Collection<Long> over) {
    var rows = sql.run("subscription.events", Tuple.tuple().addArrayOfLong(journalIds.toArray(Long[]::new)).addLong(bytes));
    rows.stream().filter(row -> row.getString("payload") == null).forEach(row -> over.add(row.getLong("journal_id")));
    return happened(rows.stream().filter(row -> row.getString("payload") != null));
  }

  /** An event by its id, or null. */
  static @Nullable Happened event(Sql sql, UUID id) {
    // Ids of version 8 are made from the journal's.
    var journalId = id.version() == 8
        ? (Long) ((id.getMostSignificantBits() >>> 16 & 0xFFFFL) << 48 | id.getLeastSignificantBits() & 0xFFFF_FFFF_FFFFL) : null;
    if (journalId == null) {
      for (var row : sql.run("subscription.journal_of_event", Tuple.of(id))) {
        journalId = row.getLong("journal_id");
      }
    }
    return journalId == null ? null
        : events(sql, List.of(journalId)).stream().filter(event -> event.id().equals(id)).findFirst().orElse(null);
  }

  static void journal(Sql tx, int namespaceId, String actor, String action, ObjectNode detail) {
    tx.run("subscription.journal", Tuple.of(namespaceId, actor, action, detail.toString()));
  }

  static Subscription subscription(Row row, @Nullable String secret) {
    return new Subscription(row.getUUID("id"), row.getString("owner"), row.getString("topic"), row.getString("namespaces"), row.getString("source_agent"),
        row.getString("filter"), Target.ofWire(row.getString("target")), tree(row.getString("settings")), row.getBoolean("ordered"),
        row.getInteger("in_flight_max"), row.getString("description"), SubscriptionStatus.ofWire(row.getString("status")), row.getString("reason"),
        utc(row, "status_since"), row.getBoolean("live"), row.getLong("position"), row.getLong("missed_before"), row.getLong("pending"),
        row.getLong("dead"), utc(row, "created_at"), secret);
  }

  static @Nullable OffsetDateTime utcOrNull(Row row, String column) {
    var time = row.getOffsetDateTime(column);
    return time == null ? null : time.withOffsetSameInstant(ZoneOffset.UTC);
  }

  static OffsetDateTime utc(Row row, String column) {
    return row.getOffsetDateTime(column).withOffsetSameInstant(ZoneOffset.UTC);
  }

  static JsonNode tree(@Nullable String json) {
    try {
      return Json.MAPPER.readTree(json == null ? "null" : json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a row holds what is no JSON", e);
    }
  }

  static UUID[] array(Collection<UUID> ids) {
    return ids.toArray(UUID[]::new);
  }

  private static @Nullable Definition first(RowSet<Row> rows) {
    var found = definitions(rows);
    return found.isEmpty() ? null : found.getFirst();
  }

  private static List<Definition> definitions(RowSet<Row> rows) {
    return rows.stream().map(row -> new Definition(row.getUUID("id"), row.getInteger("namespace_id"), row.getString("owner"), row.getString("topic"),
        row.getString("namespaces"), row.getString("source_agent"), row.getString("filter"), Target.ofWire(row.getString("target")),
        tree(row.getString("settings")), row.getBoolean("ordered"), row.getInteger("in_flight_max"), row.getLong("position"),
        utcOrNull(row, "from_time"))).toList();
  }

  private static List<Happened> happened(RowSet<Row> rows) {
    return happened(rows.stream());
  }

  private static List<Happened> happened(Stream<Row> rows) {
    return rows.map(SubscriptionStore::happened).toList();
  }

  private static Happened happened(Row row) {
    return new Happened(row.getLong("position") == null ? 0 : row.getLong("position"), row.getLong("journal_id"),
        row.getUUID("id"), row.getString("namespace"), row.getString("topic"), row.getString("source_agent"), row.getUUID("source_job_id"),
        row.getString("dedupe_key"), row.getString("payload"), utc(row, "created_at"));
  }
}
