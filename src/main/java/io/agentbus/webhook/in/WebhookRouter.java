package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.agent.Directory;
import io.agentbus.db.Database;
import io.agentbus.db.Tx;
import io.agentbus.event.Events;
import io.agentbus.id.Ids;
import io.agentbus.inbox.Delivered;
import io.agentbus.inbox.Inbox;
import io.agentbus.inbox.NewMessage;
import io.agentbus.inbox.Notify;
import io.agentbus.job.Jobs;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes of accepted webhooks what their routes say, each in one transaction with the mark that it is done: what it becomes is there exactly
 * once, on however many nodes this runs. Every webhook becomes an event of its own topic; what routes make stands beside that.
 */
public final class WebhookRouter {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookRouter.class);
  private static final int LONGEST_REASON = 1_000;
  /** Before every source. */
  private static final UUID FIRST = new UUID(0, 0);

  private final Database database;
  private final Directory directory;
  private final Events events;
  private final Jobs jobs;
  private final Inbox inbox;
  private final CompiledRoutes compiled;
  /** Whose webhook was routed last: that of the next source is next. */
  private final AtomicReference<UUID> lastSource = new AtomicReference<>(FIRST);
  private final List<Runnable> hearers = new CopyOnWriteArrayList<>();

  WebhookRouter(Database database, Directory directory, Events events, Jobs jobs, Inbox inbox, CompiledRoutes compiled) {
    this.database = database;
    this.directory = directory;
    this.events = events;
    this.jobs = jobs;
    this.inbox = inbox;
    this.compiled = compiled;
  }

  /** Hears that webhooks wait. The hearer must not block. */
  void hear(Runnable hearer) {
    hearers.add(hearer);
  }

  /** Says that webhooks wait, after their commit. */
  void accepted() {
    hearers.forEach(Runnable::run);
  }

  /**
   * Routes a webhook that is due: the one that has been due longest of a source, of all sources in turn.
   *
   * @return false when none is due
   * @throws ProblemException {@code unavailable} when the database does not answer; nothing has changed then
   */
  boolean routeNext(WebhookReceiverConfig config) {
    var held = new UUID[1];
    try {
      return database.inTransaction(tx -> {
        held[0] = next(tx);
        if (held[0] != null) {
          route(tx, held[0]);
        }
        return held[0] != null;
      });
    } catch (Throwable failure) {
      // Errors too: a webhook that is too much for this node would else be taken again and again, by each node in turn.
      if (held[0] == null) {
        throw failure;
      }
      // When that cannot be noted either, the database is away: it is no fault of the webhook.
      failed(held[0], failure, config);
      return true;
    }
  }

  private @Nullable UUID next(Tx tx) {
    var after = lastSource.get();
    var next = WebhookStore.nextPending(tx, after);
    if (next == null && !after.equals(FIRST)) {
      next = WebhookStore.nextPending(tx, FIRST);
    }
    lastSource.set(next == null ? FIRST : next.source());
    return next == null ? null : next.id();
  }

  /** Until the next webhook is due, or null when none waits. */
  @Nullable Duration untilDue() {
    return WebhookStore.untilDue(database);
  }

  /** Removes what is old enough; answers how much, at most {@code most} of each kind. */
  int expire(int most, WebhookReceiverConfig config) {
    return Math.max(WebhookStore.expireIds(database, most), WebhookStore.expireWebhooks(database, most, config.keep(), config.keepDead()));
  }

  private void route(Tx tx, UUID id) {
    var arrival = Objects.requireNonNull(WebhookStore.arrival(tx, id), "a webhook waits that is not there");
    var source = Objects.requireNonNull(SourceStore.get(tx, arrival.source()));
    var caller = Caller.ofSource(arrival.source(), arrival.namespace());
    var call = new Call(caller, "webhook-" + id, tx);
    var namespaceId = Objects.requireNonNull(directory.namespaceId(arrival.namespace()));
    var event = events.state(tx, namespaceId, arrival.topic(), caller.name(), id.toString(), arrival.eventPayload(), caller.actor());
    var made = Json.MAPPER.createObjectNode().put("event_id", event.toString());
    var byRoute = made.putArray("routes");
    var messages = new ArrayList<NewMessage>();
    for (var outcome : RoutePlan.of(SourceStore.routes(tx, source.id(), source.name()), arrival, compiled)) {
      if (!outcome.matches()) {
        continue;
      }
      if (outcome.fault() != null) {
        throw ProblemException.invalid("", "route '" + outcome.route().name() + "': " + outcome.fault());
      }
      byRoute.add(make(call, outcome, arrival, messages));
    }
    deliver(tx, messages);
    WebhookStore.routed(tx, id, made.toString());
  }

  private ObjectNode make(Call call, RoutePlan.Outcome outcome, Arrival arrival, List<NewMessage> messages) {
    var made = Json.MAPPER.createObjectNode().put("route", outcome.route().name());
    var job = outcome.job();
    if (job != null) {
      var enqueued = jobs.enqueue(call, job);
      made.put("job_id", enqueued.id().toString());
      if (Boolean.TRUE.equals(enqueued.duplicate())) {
        made.put("duplicate", true);
      }
    }
    var message = outcome.message();
    if (message != null) {
      var addressed = message(call.caller(), message, arrival.namespace());
      messages.add(addressed);
      made.put("message_id", addressed.id().toString());
    }
    var event = outcome.event();
    if (event != null) {
      made.put("event_id", events.emit(call, event).id().toString());
    }
    return made;
  }

  private NewMessage message(Caller caller, Notify in, NamespacePath home) {
    var namespace = in.namespace() == null ? home : directory.allowed(caller, in.namespace());
    return new NewMessage(Ids.next(), namespace, in.targetAgent(), in.title(), in.payload() == null ? "{}" : Json.text(in.payload()),
        in.priority() == null ? NewMessage.PRIORITY : in.priority(), in.threadId(), null, in.correlationKey(), in.dedupeKey(), null, caller.actor(),
        caller.actor());
  }

  /** All at once and last, because it holds their boxes. */
  private void deliver(Tx tx, List<NewMessage> messages) {
    if (messages.isEmpty()) {
      return;
    }
    for (var delivered : inbox.deliver(tx, messages)) {
      switch (delivered) {
        case Delivered.BoxFull full -> throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, "the inbox of agent '" + full.agent() + "' is full: it holds "
            + full.held() + " messages");
        case Delivered.UnknownRecipient unknown -> throw ProblemException.of(ProblemCode.NOT_FOUND, "there is no agent '" + unknown.agent()
            + "' for the message");
        case Delivered.Put put -> { }
        case Delivered.Duplicate duplicate -> { }
      }
    }
  }

  private void failed(UUID id, Throwable failure, WebhookReceiverConfig config) {
    var why = reason(failure);
    if (!(failure instanceof ProblemException)) {
      LOG.atError().setCause(failure).addKeyValue("webhook", id).log("a webhook could not be routed");
    }
    database.inTransaction(tx -> {
      var noted = WebhookStore.failed(tx, id, why, config.retryBase(), config.retryCap(), config.maxTries());
      if (noted != null && noted.dead()) {
        LOG.atWarn().addKeyValue("webhook", id).addKeyValue("source", noted.source()).addKeyValue("tries", noted.tries())
            .log("a webhook could not be routed and is dead");
        SourceStore.journal(tx, noted.namespaceId(), "source:" + noted.source(), "bury_webhook", Json.MAPPER.createObjectNode()
            .put("source", noted.source()).put("webhook_id", id.toString()).put("tries", noted.tries()).put("error", why));
      }
      return noted;
    });
  }

  private static String reason(Throwable failure) {
    var words = failure instanceof ProblemException problem ? RoutePlan.words(problem) : "a defect; the node's log has the cause under this webhook's id";
    var kept = Trees.storable(words);
    return kept.length() <= LONGEST_REASON ? kept : kept.substring(0, LONGEST_REASON - 3) + "...";
  }
}
