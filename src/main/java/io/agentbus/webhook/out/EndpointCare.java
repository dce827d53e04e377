package io.agentbus.webhook.out;

import io.agentbus.crypto.SecretClosed;
import io.agentbus.db.Sql;
import io.agentbus.event.Event;
import io.agentbus.http.out.PostAnswer;
import io.agentbus.id.Ids;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.UUID;

/** What the owner of a subscription does about its endpoint: another secret, a ping. */
public final class EndpointCare {
  /** So long a secret that was replaced may go on signing. */
  static final int LONGEST_OVERLAP_SECONDS = 7 * 24 * 3_600;

  private static final int OVERLAP_SECONDS = 24 * 3_600;
  /** A ping makes this node call another machine at once, whenever somebody says so. */
  private static final int PING_EVERY_SECONDS = 2;

  /** A call with an Idempotency-Key holds a transaction, which the database ends soon after. */
  private static final Duration PING_DEADLINE = Duration.ofSeconds(15);

  private final OutgoingWebhooks webhooks;
  private final Sql sql;
  private final Clock clock;

  /** @param sql of the common pool: a ping waits for another machine and must hold no transaction meanwhile */
  public EndpointCare(OutgoingWebhooks webhooks, Sql sql, Clock clock) {
    this.webhooks = webhooks;
    this.sql = sql;
    this.clock = clock;
  }

  /** Makes another secret and answers it, this once. */
  public RotatedSubscriptionSecret rotate(Call call, RotateSubscriptionSecret in) {
    var overlap = in.overlapSeconds() == null ? OVERLAP_SECONDS : in.overlapSeconds();
    return call.sql().inTransaction(tx -> {
      var owner = owned(call, tx, in.subscriptionId());
      var rotated = webhooks.rotate(tx, in.subscriptionId(), overlap);
      EndpointStore.journal(tx, owner, call.caller().actor(), "rotate_subscription_secret", Json.MAPPER.createObjectNode()
          .put("subscription_id", in.subscriptionId().toString()).put("overlap_seconds", overlap));
      return new RotatedSubscriptionSecret(in.subscriptionId(), rotated.secret(), rotated.until());
    });
  }

  /** Sends one signed request that tells of nothing, and answers what came of it. It does not count among the failures of the endpoint. */
  public PingedSubscription ping(Call call, PingSubscription in) {
    var id = in.subscriptionId();
    var owner = owned(call, sql, id);
    if (!EndpointStore.takePing(sql, id, PING_EVERY_SECONDS)) {
      throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, "A subscription is pinged once in " + PING_EVERY_SECONDS + " s.")
          .with("retry_after_seconds", PING_EVERY_SECONDS);
    }
    var stored = EndpointStore.get(sql, id);
    if (stored == null) {
      throw ProblemException.notFound("subscription", id);
    }
    var delivery = Ids.next();
    var endpoint = endpoint(id, stored);
    var deadline = endpoint.timeout().compareTo(PING_DEADLINE) < 0 ? endpoint.timeout() : PING_DEADLINE;
    var answer = webhooks.post(endpoint, deadline, delivery.toString(), event(owner, id));
    return pinged(id, delivery, answer);
  }

  private Endpoint endpoint(UUID id, EndpointStore.Stored stored) {
    try {
      return webhooks.endpoint(id, stored);
    } catch (IllegalArgumentException refused) {
      throw ProblemException.of(ProblemCode.INVALID_TRANSITION, "The URL of the subscription " + refused.getMessage());
    } catch (SecretClosed closed) {
      throw ProblemException.of(ProblemCode.UNAVAILABLE, OutgoingWebhooks.NOT_OPENED);
    }
  }

  private Event event(EndpointStore.Owner owner, UUID subscription) {
    return new Event(Ids.next(), owner.home().value(), "subscription.ping", "bus", null, null,
        Json.MAPPER.createObjectNode().put("subscription_id", subscription.toString()),
        clock.instant().atOffset(ZoneOffset.UTC), null, null);
  }

  private PingedSubscription pinged(UUID id, UUID delivery, PostAnswer answer) {
    var verdict = AnswerPolicy.of(answer, clock.instant());
    var error = switch (verdict) {
      case AnswerPolicy.Verdict.Taken _ -> null;
      case AnswerPolicy.Verdict.Again again -> again.error();
      case AnswerPolicy.Verdict.Later later -> later.error();
      case AnswerPolicy.Verdict.Never never -> never.error();
      case AnswerPolicy.Verdict.Off off -> off.error();
    };
    var answered = answer instanceof PostAnswer.Answered said ? said : null;
    return new PingedSubscription(id, delivery, error == null, answered == null ? null : answered.status(), answer.took().toMillis(),
        answered == null ? null : answered.body(), error);
  }

  /** Whose it is; refuses those who may not touch it. */
  private static EndpointStore.Owner owned(Call call, Sql reads, UUID id) {
    var owner = EndpointStore.owner(reads, id);
    var caller = call.caller();
    if (owner == null || !caller.sees(owner.home())) {
      throw ProblemException.notFound("subscription with a webhook", id);
    }
    var own = caller.isAgent() ? caller.agentNo().equals(owner.agentNo()) : owner.owner().equals(caller.actor());
    if (!own && !caller.isOperator()) {
      throw ProblemException.of(ProblemCode.FORBIDDEN, "Subscription " + id + " belongs to " + owner.owner() + ".");
    }
    return owner;
  }
}
