package io.agentbus.subscription;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.agent.Directory;
import io.agentbus.bus.WakeUps;
import io.agentbus.cel.Expressions;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.id.Ids;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Cursor;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes, shows, pauses and removes subscriptions. Callers have to do with their own; operators with those of their namespaces. */
public final class Subscriptions {
  /** Most subscriptions of one owner. */
  static final int MAX_PER_OWNER = 200;
  private static final int DEFAULT_CONCURRENCY = 4;
  private static final int PAGE = 100;

  private final Directory directory;
  private final Targets targets;
  private final WakeUps wakeUps;
  private final TargetSettings targetSettings;

  public Subscriptions(Directory directory, Targets targets, WakeUps wakeUps) {
    this.directory = directory;
    this.targets = targets;
    this.wakeUps = wakeUps;
    this.targetSettings = new TargetSettings(directory);
  }

  /** Makes one. */
  public Subscription subscribe(Call call, Subscribe in) {
    var caller = call.caller();
    if (in.namespace() != null) {
      directory.filter(caller, in.namespace());
    }
    if (in.filter() != null) {
      Expressions.filter("/filter", in.filter());
    }
    Positions.atMostOne("/after_position", in.afterPosition(), in.fromTime(), in.afterEventId());
    var home = directory.meant(call, null);
    var settings = targetSettings.of(caller, home, in);
    if (in.to() == Target.WEBHOOK) {
      TargetSettings.needs("url", in.url(), in.to());
    }
    var homeId = Objects.requireNonNull(directory.namespaceId(home));
    var begin = in.fromTime() != null ? (Long) Positions.before(call.sql(), in.fromTime())
        : in.afterEventId() != null ? (Long) Positions.of(call.sql(), caller, "/after_event_id", in.afterEventId()) : in.afterPosition();
    var id = Ids.next();
    return call.sql().inTransaction(tx -> {
      var secret = in.to() == Target.WEBHOOK ? targets.webhook().open(new Call(caller, call.requestId(), tx), id,
          Objects.requireNonNull(in.url()), in.webhook() == null ? WebhookSettings.NONE : in.webhook()) : null;
      // From here on nothing is handed out and no other is made until the commit, so that the count and the place where it begins are exact.
      SubscriptionStore.hold(tx);
      var owned = tx.run("subscription.count_of_owner", Tuple.of(caller.actor(), MAX_PER_OWNER + 1)).iterator().next().getLong("subscriptions");
      if (owned >= MAX_PER_OWNER) {
        throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, caller.actor() + " has " + owned + " subscriptions, and may have " + MAX_PER_OWNER + ".");
      }
      var newest = SubscriptionStore.bounds(tx).newest();
      if (begin != null && begin > newest) {
        // The shared cursor goes on from where the first one to be served is: ahead of the events it would never come back.
        throw ProblemException.invalid("/after_position", begin + " lies ahead of the newest event, whose position is " + newest);
      }
      var live = in.to() != Target.SSE && begin == null;
      if (live && !SubscriptionStore.look(tx).served()) {
        SubscriptionStore.advance(tx, newest);
      }
      tx.run("subscription.add", DeliveryStore.tuple(id, homeId, caller.actor(), caller.agentNo(), in.topic() == null ? "**" : in.topic(),
          in.namespace() == null ? "**" : in.namespace(), in.sourceAgent(), in.filter(), in.to().wire(), settings.toString(),
          Boolean.TRUE.equals(in.ordered()), concurrency(in), in.description(), live, begin == null ? newest : begin,
          in.fromTime() == null ? null : in.fromTime().atOffset(ZoneOffset.UTC)));
      SubscriptionStore.changed(tx);
      var made = read(tx, id, secret);
      SubscriptionStore.journal(tx, homeId, caller.actor(), "subscribe", about(made).put("owner", made.owner()));
      told(tx);
      return made;
    });
  }

  /** One. */
  public Subscription get(Call call, SubscriptionRef in) {
    return find(call.sql(), call.caller(), in.subscriptionId());
  }

  /** A page of them. */
  public SubscriptionPage list(Call call, ListSubscriptions in) {
    var caller = call.caller();
    var limit = in.limit() == null ? PAGE : in.limit();
    var after = in.cursor() == null ? null : cursor(in.cursor());
    if (caller.namespaces().isEmpty() && !caller.isOperator()) {
      return new SubscriptionPage(List.of(), null);
    }
    var rows = call.sql().run("subscription.list", Tuple.tuple().addArrayOfString(walls(caller)).addString(ownerOnly(caller))
        .addString(in.to() == null ? null : in.to().wire()).addString(in.status() == null ? null : in.status().wire()).addUUID(after)
        .addLong(limit + 1L));
    var found = rows.stream().map(row -> subscription(call.sql(), row, null)).toList();
    return found.size() <= limit ? new SubscriptionPage(found, null)
        : new SubscriptionPage(found.subList(0, limit), Cursor.of(found.get(limit - 1).id().toString()));
  }

  /** Removes one, with what still waits for it. */
  public Unsubscribed unsubscribe(Call call, SubscriptionRef in) {
    return call.sql().inTransaction(tx -> {
      SubscriptionStore.hold(tx);
      SubscriptionStore.keep(tx, in.subscriptionId());
      var gone = find(tx, call.caller(), in.subscriptionId());
      if (gone.to() == Target.WEBHOOK) {
        targets.webhook().close(tx, gone.id());
      }
      var homeId = homeOf(tx, gone.id());
      var pending = tx.run("subscription.remove", Tuple.of(gone.id())).iterator().next().getLong("pending");
      SubscriptionStore.changed(tx);
      SubscriptionStore.journal(tx, homeId, call.caller().actor(), "unsubscribe", about(gone).put("pending", pending));
      told(tx);
      return new Unsubscribed(gone.id(), pending);
    });
  }

  /** Holds one back; what comes meanwhile is told once it is resumed. Pausing what is paused changes nothing. */
  public Subscription pause(Call call, PauseSubscription in) {
    return call.sql().inTransaction(tx -> {
      var cursor = SubscriptionStore.hold(tx);
      var known = find(tx, call.caller(), in.subscriptionId());
      if (known.status() == SubscriptionStatus.PAUSED && Objects.equals(known.reason(), in.reason())) {
        return known;
      }
      SubscriptionStore.setStatus(tx, known.id(), SubscriptionStatus.PAUSED, in.reason(), cursor.position());
      return changed(call, tx, known, "pause_subscription", in.reason());
    });
  }

  /** Serves one again, whether it was paused or disabled. */
  public Subscription resume(Call call, SubscriptionRef in) {
    return call.sql().inTransaction(tx -> {
      var cursor = SubscriptionStore.hold(tx);
      var known = find(tx, call.caller(), in.subscriptionId());
      if (known.status() == SubscriptionStatus.ACTIVE) {
        return known;
      }
      SubscriptionStore.setStatus(tx, known.id(), SubscriptionStatus.ACTIVE, null, cursor.position());
      if (known.to() == Target.WEBHOOK) {
        targets.webhook().resumed(tx, known.id());
      }
      tx.run("delivery.release", Tuple.of(known.id()));
      return changed(call, tx, known, "resume_subscription", known.reason());
    });
  }

  /** What one would make of an event. Sends nothing. */
  public TestedSubscription test(Call call, TestSubscription in) {
    var known = find(call.sql(), call.caller(), in.subscriptionId());
    var event = SubscriptionStore.event(call.sql(), in.eventId());
    if (event == null || !call.caller().sees(new NamespacePath(event.namespace()))) {
      throw ProblemException.notFound("event", in.eventId());
    }
    var definition = Objects.requireNonNull(SubscriptionStore.definition(call.sql(), known.id()));
    var against = Matcher.of(definition).against(event.facts());
    var owner = SubscriptionStore.terms(call.sql(), List.of(known.id())).get(known.id());
    if (against == null && owner == null) {
      against = known.owner() + " has no valid token with the right to read";
    }
    if (against == null && !owner.sees(event.namespace())) {
      against = known.owner() + " may not see " + event.namespace();
    }
    if (against != null) {
      return new TestedSubscription(false, against, null, null);
    }
    var inner = targets.inner(known.to());
    return new TestedSubscription(true, null, inner == null ? event.tree() : inner.preview(definition, event), DeliveryIds.of(known.id(), event.id()));
  }

  /** One that the caller may have to do with, or {@code not_found}. */
  Subscription find(Sql sql, Caller caller, UUID id) {
    for (var row : sql.run("subscription.get", Tuple.of(id))) {
      if (mayTouch(caller, row.getString("home"), row.getString("owner"))) {
        return subscription(sql, row, null);
      }
    }
    throw ProblemException.notFound("subscription", id);
  }

  /** Whether a caller has to do with what this owner has. */
  static boolean mayTouch(Caller caller, String home, String owner) {
    return caller.sees(new NamespacePath(home)) && (caller.isOperator() || owner.equals(caller.actor()));
  }

  /** Null for those who see what others own. */
  static @Nullable String ownerOnly(Caller caller) {
    return caller.isOperator() ? null : caller.actor();
  }

  static String[] walls(Caller caller) {
    return caller.namespaces().stream().map(NamespacePath::value).toArray(String[]::new);
  }

  private Subscription changed(Call call, Tx tx, Subscription known, String action, @Nullable String reason) {
    return changed(call, tx, known, action, about(known).put("reason", reason));
  }

  /** Writes down a change and lets all nodes know. @param detail for the journal @return how it is now */
  Subscription changed(Call call, Tx tx, Subscription known, String action, ObjectNode detail) {
    SubscriptionStore.changed(tx);
    SubscriptionStore.journal(tx, homeOf(tx, known.id()), call.caller().actor(), action, detail);
    told(tx);
    return read(tx, known.id(), null);
  }

  private void told(Tx tx) {
    tx.afterCommit(wakeUps::changes);
    tx.afterCommit(wakeUps::news);
  }

  private static int homeOf(Sql sql, UUID id) {
    return Objects.requireNonNull(SubscriptionStore.definition(sql, id)).namespaceId();
  }

  private Subscription read(Sql sql, UUID id, @Nullable String secret) {
    return subscription(sql, sql.run("subscription.get", Tuple.of(id)).iterator().next(), secret);
  }

  private Subscription subscription(Sql sql, Row row, @Nullable String secret) {
    var read = SubscriptionStore.subscription(row, secret);
    return read.to() == Target.WEBHOOK ? read.withSettings(targets.webhook().describe(sql, read.id())) : read;
  }

  static ObjectNode about(Subscription subscription) {
    return JsonNodeFactory.instance.objectNode().put("subscription_id", subscription.id().toString()).put("target", subscription.to().wire())
        .put("subscribed_topic", subscription.topic()).put("subscribed_namespace", subscription.namespace());
  }

  static int concurrency(Subscribe in) {
    return Boolean.TRUE.equals(in.ordered()) ? 1 : in.concurrency() == null ? DEFAULT_CONCURRENCY : in.concurrency();
  }

  private static UUID cursor(String cursor) {
    try {
      return UUID.fromString(Cursor.read(cursor));
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid("/cursor", "is not a cursor that list_subscriptions gave; leave it out for the first page");
    }
  }
}
