package io.agentbus.subscription;

import io.agentbus.db.Sql;
import io.agentbus.op.Call;
import io.agentbus.op.Cursor;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Answers deliveries one by one and in pages, with their tries and with what they wait for. */
public final class DeliveryReader {
  private static final int PAGE = 100;

  /** A page of those that the caller has to do with. */
  public DeliveryPage list(Call call, ListDeliveries in) {
    var caller = call.caller();
    if (caller.namespaces().isEmpty() && !caller.isOperator()) {
      return new DeliveryPage(List.of(), null);
    }
    if (in.subscriptionId() != null) {
      refuseOthers(call, in.subscriptionId());
    }
    var limit = in.limit() == null ? PAGE : in.limit();
    var after = in.cursor() == null ? null : Place.read(in.cursor());
    var rows = call.sql().run("delivery.list", Tuple.tuple().addArrayOfString(Subscriptions.walls(caller)).addString(Subscriptions.ownerOnly(caller))
        .addUUID(in.subscriptionId()).addString(in.status() == null ? null : in.status().wire()).addOffsetDateTime(utc(in.since()))
        .addOffsetDateTime(utc(in.until())).addLong(after == null ? null : after.position()).addUUID(after == null ? null : after.id())
        .addLong(limit + 1L));
    var found = new ArrayList<Row>();
    rows.forEach(found::add);
    var more = found.size() > limit;
    var shown = deliveries(call.sql(), more ? found.subList(0, limit) : found);
    return new DeliveryPage(shown, more ? new Place(shown.getLast().position(), shown.getLast().id()).cursor() : null);
  }

  /** One. */
  public ListedDelivery get(Call call, DeliveryRef in) {
    for (var row : call.sql().run("delivery.get", Tuple.of(in.deliveryId()))) {
      if (Subscriptions.mayTouch(call.caller(), row.getString("home"), row.getString("owner"))) {
        return deliveries(call.sql(), List.of(row)).getFirst();
      }
    }
    throw ProblemException.notFound("delivery", in.deliveryId());
  }

  private record Place(long position, UUID id) {
    String cursor() {
      return Cursor.of(position + " " + id);
    }

    static Place read(String cursor) {
      try {
        var parts = Cursor.read(cursor).split(" ", 2);
        return new Place(Long.parseLong(parts[0]), UUID.fromString(parts[1]));
      } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
        throw ProblemException.invalid("/cursor", "is not a cursor that list_deliveries gave; leave it out for the first page");
      }
    }
  }

  private static void refuseOthers(Call call, UUID subscription) {
    for (var row : call.sql().run("subscription.get", Tuple.of(subscription))) {
      if (Subscriptions.mayTouch(call.caller(), row.getString("home"), row.getString("owner"))) {
        return;
      }
    }
    throw ProblemException.notFound("subscription", subscription);
  }

  private static List<ListedDelivery> deliveries(Sql sql, List<Row> rows) {
    var tries = tries(sql, rows.stream().map(row -> row.getUUID("id")).toList());
    return rows.stream().map(row -> delivery(sql, row, tries.getOrDefault(row.getUUID("id"), List.of()))).toList();
  }

  private static ListedDelivery delivery(Sql sql, Row row, List<DeliveryTry> tries) {
    var status = DeliveryStatus.ofWire(row.getString("status"));
    var result = row.getString("result");
    return new ListedDelivery(row.getUUID("id"), row.getUUID("subscription_id"), row.getUUID("event_id"), row.getLong("position"), status,
        status == DeliveryStatus.PENDING ? waitsFor(sql, row) : null,
        status == DeliveryStatus.PENDING ? SubscriptionStore.utc(row, "due_at") : null, row.getInteger("tries"), row.getInteger("replays"),
        SubscriptionStore.utc(row, "created_at"), SubscriptionStore.utcOrNull(row, "ended_at"), row.getString("last_error"),
        result == null ? null : SubscriptionStore.tree(result), tries);
  }

  /** Why it has not gone yet, and what clears that. */
  private static String waitsFor(Sql sql, Row row) {
    var subscription = SubscriptionStatus.ofWire(row.getString("subscription_status"));
    var reason = row.getString("reason");
    if (subscription != SubscriptionStatus.ACTIVE) {
      return "The subscription is " + subscription.wire() + (reason == null ? "" : " (" + reason + ")") + "; resume_subscription lets it go on.";
    }
    if (row.getBoolean("under_way")) {
      return "A node is delivering it.";
    }
    if (row.getBoolean("ordered")) {
      for (var first : sql.run("delivery.before_in_line", Tuple.of(row.getUUID("subscription_id")))) {
        if (!first.getUUID("id").equals(row.getUUID("id"))) {
          return "The subscription is ordered, and delivery " + first.getUUID("id") + " comes first.";
        }
      }
    }
    var due = SubscriptionStore.utc(row, "due_at");
    if (due.isAfter(OffsetDateTime.now(ZoneOffset.UTC))) {
      var error = row.getString("last_error");
      return "Its next try at " + due + (error == null ? "." : "; last: " + error + ".");
    }
    var error = row.getString("last_error");
    return "It is due and waits for its turn: a pause of its owner's namespace, a full box, the limit on deliveries under way, or no node with the role"
        + " ingress" + (error == null ? "." : "; last: " + error + ".");
  }

  private static Map<UUID, List<DeliveryTry>> tries(Sql sql, List<UUID> ids) {
    var tries = new HashMap<UUID, List<DeliveryTry>>();
    for (var row : sql.run("delivery.tries", Tuple.tuple().addArrayOfUUID(SubscriptionStore.array(ids)))) {
      tries.computeIfAbsent(row.getUUID("delivery_id"), _ -> new ArrayList<>()).add(new DeliveryTry(row.getInteger("try_no"),
          SubscriptionStore.utc(row, "at"), row.getString("outcome"), row.getBoolean("counted"), row.getInteger("status_code"),
          row.getInteger("took_ms"), row.getString("error"), row.getString("answer"), row.getString("node")));
    }
    return tries;
  }

  private static @Nullable OffsetDateTime utc(@Nullable Instant time) {
    return time == null ? null : time.atOffset(ZoneOffset.UTC);
  }
}
