package io.agentbus.subscription;

import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements of deliveries. */
final class DeliveryStore {
  /** Tries that are kept of each delivery. */
  private static final int TRIES_KEPT = 20;

  /**
   * A delivery to be written.
   *
   * @param done whether its target has it with this transaction
   * @param error why it waits, or null
   * @param result JSON text of what it came to, or null
   * @param after it is tried no sooner than so long after its making
   */
  record New(Definition subscription, Happened event, boolean done, @Nullable String error, @Nullable String result, Duration after) {}

  /**
   * A delivery that this node has in its hands.
   *
   * @param tries counted ones before this
   * @param tryNo of the last one that was written down
   * @param lost whether the one before was begun and not ended, which counts
   * @param owner whose subscription it is
   * @param host that a webhook goes to, or null
   * @param lane that it was taken into
   * @param turn so long after the claim its endpoint's rate lets it begin
   */
  record Claimed(UUID id, UUID subscriptionId, UUID lease, long position, UUID eventId, long journalId, int tries, int tryNo, int replays, boolean lost,
      String owner, @Nullable String host, Lane lane, Duration turn) {}

  /** A subscription with something due. @param lane that its deliveries go into */
  record Open(UUID id, Lane lane) {}

  private DeliveryStore() {}

  static void add(Tx tx, List<New> deliveries) {
    var ids = new UUID[deliveries.size()];
    var subscriptions = new UUID[ids.length];
    var positions = new Long[ids.length];
    var events = new UUID[ids.length];
    var journalIds = new Long[ids.length];
    var done = new Boolean[ids.length];
    var errors = new String[ids.length];
    var results = new String[ids.length];
    var waits = new Double[ids.length];
    for (var i = 0; i < ids.length; i++) {
      var one = deliveries.get(i);
      ids[i] = DeliveryIds.of(one.subscription().id(), one.event().id());
      subscriptions[i] = one.subscription().id();
      positions[i] = one.event().position();
      events[i] = one.event().id();
      journalIds[i] = one.event().journalId();
      done[i] = one.done();
      errors[i] = one.error();
      results[i] = one.result();
      waits[i] = one.after().toMillis() / 1_000.0;
    }
    tx.run("delivery.add", Tuple.tuple().addArrayOfUUID(ids).addArrayOfUUID(subscriptions).addArrayOfLong(positions).addArrayOfUUID(events)
        .addArrayOfLong(journalIds).addArrayOfBoolean(done).addArrayOfString(errors).addArrayOfString(results).addArrayOfDouble(waits));
  }

  static Map<UUID, Long> pending(Sql sql, Collection<UUID> subscriptions, int most) {
    var counts = new HashMap<UUID, Long>();
    sql.run("delivery.count_pending", Tuple.tuple().addArrayOfUUID(SubscriptionStore.array(subscriptions)).addInteger(most))
        .forEach(row -> counts.put(row.getUUID("id"), row.getLong("pending")));
    return counts;
  }

  /** Holds subscriptions with something due, those behind an id first. @param room into which it must fit @param slowed are not quick any more */
  static List<Open> lockOpen(Tx tx, UUID after, int most, Room room, UUID[] slowed, int boxLimit) {
    return tx.run("delivery.lock_open", Tuple.tuple().addUUID(after).addInteger(most).addArrayOfString(room.fullOwners())
        .addArrayOfString(room.fullHosts()).addInteger(boxLimit).addArrayOfUUID(slowed)
        .addArrayOfInteger(room.open().stream().map(Lane::ordinal).toArray(Integer[]::new)))
        .stream().map(row -> new Open(row.getUUID("id"), Lane.of(row.getInteger("lane")))).toList();
  }

  /** Takes what is due of subscriptions of one lane, which the transaction holds. */
  static List<Claimed> claim(Tx tx, List<UUID> subscriptions, UUID lease, Duration length, int most, Lane lane, Room.Part room) {
    var rows = tx.run("delivery.claim", Tuple.tuple().addArrayOfUUID(SubscriptionStore.array(subscriptions)).addUUID(lease)
        .addDouble(length.toMillis() / 1_000.0).addInteger(most).addArrayOfString(names(room.owners())).addArrayOfInteger(counts(room.owners()))
        .addArrayOfString(names(room.hosts())).addArrayOfInteger(counts(room.hosts())).addInteger(room.each()));
    var claimed = new ArrayList<Claimed>(rows.size());
    rows.forEach(row -> claimed.add(new Claimed(row.getUUID("id"), row.getUUID("subscription_id"), lease, row.getLong("position"),
        row.getUUID("event_id"), row.getLong("journal_id"), row.getInteger("tries"), row.getInteger("try_no"), row.getInteger("replays"),
        row.getBoolean("lost"), row.getString("owner"), row.getString("host"), lane, Duration.ofMillis(row.getLong("turn_ms")))));
    return claimed;
  }

  /** Remembers whether a subscription's webhook answers within a moment. */
  static void pace(Sql sql, UUID subscription, boolean quick) {
    sql.run("delivery.pace", Tuple.of(subscription, quick));
  }

  private static String[] names(Map<String, Integer> counts) {
    return counts.keySet().toArray(String[]::new);
  }

  private static Integer[] counts(Map<String, Integer> counts) {
    return counts.values().toArray(Integer[]::new);
  }

  /** Ends a delivery. @return the number of the try; null when another claim has it */
  static @Nullable Integer end(Sql sql, Claimed delivery, DeliveryStatus status, @Nullable String error, @Nullable String result, boolean counted) {
    return tryNo(sql.run("delivery.end", tuple(delivery.id(), delivery.lease(), status.wire(), error, result, counted)));
  }

  /** Puts a delivery off. @return the number of the try; null when another claim has it */
  static @Nullable Integer again(Sql sql, Claimed delivery, Duration wait, @Nullable String error, boolean counted) {
    return tryNo(sql.run("delivery.again", tuple(delivery.id(), delivery.lease(), wait.toMillis() / 1_000.0, error, counted)));
  }

  static void giveBack(Sql sql, UUID lease, Collection<UUID> ids) {
    sql.run("delivery.give_back", Tuple.tuple().addUUID(lease).addArrayOfUUID(SubscriptionStore.array(ids)));
  }

  static void note(Sql sql, UUID delivery, int number, String outcome, boolean counted, Tried tried, String node) {
    sql.run("delivery.note_try", tuple(delivery, number, outcome, counted, tried.statusCode(),
        tried.took() == null ? null : (int) Math.min(Integer.MAX_VALUE, tried.took().toMillis()), tried.error(), tried.answer(), node, TRIES_KEPT));
  }

  static Tuple tuple(@Nullable Object... values) {
    return Tuple.from(Arrays.asList(values));
  }

  private static @Nullable Integer tryNo(Iterable<Row> rows) {
    for (var row : rows) {
      return row.getInteger("try_no");
    }
    return null;
  }
}
