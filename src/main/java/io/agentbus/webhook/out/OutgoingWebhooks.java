package io.agentbus.webhook.out;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.crypto.SecretBox;
import io.agentbus.crypto.SecretClosed;
import io.agentbus.db.PgErrors;
import io.agentbus.db.Sql;
import io.agentbus.event.Event;
import io.agentbus.http.out.EgressRules;
import io.agentbus.http.out.EgressUrl;
import io.agentbus.http.out.PostAnswer;
import io.agentbus.http.out.Poster;
import io.agentbus.op.Call;
import io.agentbus.problem.ProblemException;
import io.agentbus.subscription.Delivery;
import io.agentbus.subscription.Outcome;
import io.agentbus.subscription.Tried;
import io.agentbus.subscription.WebhookChange;
import io.agentbus.subscription.WebhookSettings;
import io.agentbus.subscription.WebhookTarget;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what subscriptions deliver as webhooks, and keeps where to and with which secrets. */
public final class OutgoingWebhooks implements WebhookTarget {
  private static final Logger LOG = LoggerFactory.getLogger(OutgoingWebhooks.class);
  private static final int TIMEOUT_SECONDS = 15;
  /** When a delivery comes back that this node cannot sign. */
  private static final Duration WITHOUT_KEY = Duration.ofSeconds(30);
  /** Why a delivery waits, and a ping is refused, without what only the log may tell. */
  static final String NOT_OPENED = "This node cannot open the secrets of the endpoint";

  private final Sql sql;
  private final EndpointSecrets secrets;
  private final EgressRules rules;
  private final Poster poster;
  private final Patience patience;
  private final Clock clock;
  private final String agent;
  private final AtomicBoolean keyMissed = new AtomicBoolean();

  /**
   * @param sql of the common pool
   * @param rules as of the poster's guard
   * @param version of the program, for {@code User-Agent}
   */
  public OutgoingWebhooks(Sql sql, SecretBox box, EgressRules rules, Poster poster, Patience patience, Clock clock, String version) {
    this.sql = sql;
    this.secrets = new EndpointSecrets(box);
    this.rules = rules;
    this.poster = poster;
    this.patience = patience;
    this.clock = clock;
    this.agent = "agentbus/" + version;
  }

  @Override
  public String open(Call call, UUID subscription, String url, WebhookSettings settings) {
    parsed(url);
    var format = settings.format() == null ? WebhookFormat.STANDARD : WebhookFormat.ofWire(settings.format());
    if (settings.textSecret() != null && format != WebhookFormat.AI_MEMORY) {
      throw ProblemException.invalid("/webhook/text_secret", "goes with format ai_memory only: the secret of the other one is made here");
    }
    var headers = CustomHeaders.checked(settings.headers(), "/webhook/headers");
    var timeout = settings.timeoutSeconds() == null ? TIMEOUT_SECONDS : settings.timeoutSeconds();
    var secret = SigningSecret.make();
    EndpointStore.open(call.sql(), subscription, url, format, timeout, settings.ratePerSecond(), headers,
        secrets.closeHeaders(subscription, headers), secrets.closeSecret(subscription, secret), secrets.closeText(subscription, settings.textSecret()));
    return SigningSecret.text(secret);
  }

  @Override
  public void change(Call call, UUID subscription, @Nullable String url, WebhookChange change) {
    var stored = EndpointStore.get(call.sql(), subscription);
    if (stored == null) {
      throw ProblemException.notFound("subscription with a webhook", subscription);
    }
    var wanted = url == null ? null : parsed(url);
    if (wanted != null && change.headers() == null && stored.headers() != null && !sameHost(wanted, stored.url())) {
      throw ProblemException.invalid("/webhook/headers", "are needed with an address at another host: those there were meant for the one before");
    }
    var headers = change.headers() == null ? null : CustomHeaders.checked(change.headers(), "/webhook/headers");
    EndpointStore.change(call.sql(), subscription, url, change.timeoutSeconds(), change.ratePerSecond(), headers,
        headers == null ? null : secrets.closeHeaders(subscription, headers));
  }

  private EgressUrl parsed(String url) {
    try {
      return EgressUrl.parse(url, rules);
    } catch (IllegalArgumentException refused) {
      throw ProblemException.invalid("/url", String.valueOf(refused.getMessage()));
    }
  }

  private boolean sameHost(EgressUrl one, String other) {
    try {
      var two = EgressUrl.parse(other, rules);
      return one.tls() == two.tls() && one.port() == two.port() && one.host().equals(two.host());
    } catch (IllegalArgumentException notTakenAnyMore) {
      return false;
    }
  }

  @Override
  public ObjectNode describe(Sql reads, UUID subscription) {
    return EndpointStore.describe(reads, subscription);
  }

  @Override
  public void resumed(Sql tx, UUID subscription) {
    EndpointStore.resumed(tx, subscription);
  }

  @Override
  public void close(Sql tx, UUID subscription) {
    EndpointStore.close(tx, subscription);
  }

  @Override
  public Outcome send(Delivery delivery) {
    var id = delivery.subscriptionId();
    var stored = EndpointStore.get(sql, id);
    if (stored == null) {
      return new Outcome.Dead(Tried.failed("The subscription has no endpoint any more"));
    }
    var hold = stored.hold();
    if (hold != null) {
      return new Outcome.Postponed("The endpoint is left alone for a while, after: " + stored.lastError(), hold);
    }
    Endpoint endpoint;
    try {
      endpoint = endpoint(id, stored);
    } catch (IllegalArgumentException refused) {
      var error = "The URL " + refused.getMessage();
      return again(id, Tried.failed(error), error, null, Duration.ZERO);
    } catch (SecretClosed noKey) {
      return withoutKey(id, noKey);
    }
    var answer = post(endpoint, endpoint.timeout(), delivery.id().toString(), delivery.event());
    return outcome(id, answer);
  }

  /** Another node may have the key. */
  private Outcome withoutKey(UUID id, SecretClosed noKey) {
    if (keyMissed.compareAndSet(false, true)) {
      LOG.atWarn().addKeyValue("subscription", id).addKeyValue("cause", noKey.getMessage()).log("webhooks cannot be signed at this node");
    }
    return new Outcome.Postponed(NOT_OPENED, WITHOUT_KEY);
  }

  /** @throws IllegalArgumentException when the rules have changed and the URL is not taken any more */
  Endpoint endpoint(UUID id, EndpointStore.Stored stored) {
    var url = EgressUrl.parse(stored.url(), rules);
    var keys = new ArrayList<byte[]>();
    keys.add(secrets.openSecret(id, stored.secret()));
    if (stored.oldSecret() != null) {
      keys.add(secrets.openSecret(id, stored.oldSecret()));
    }
    return new Endpoint(url, stored.format(), Duration.ofSeconds(stored.timeoutSeconds()), secrets.openHeaders(id, stored.headers()), keys,
        secrets.openText(id, stored.textSecret()));
  }

  /** Sends once and waits for what comes of it. */
  PostAnswer post(Endpoint endpoint, Duration deadline, String id, Event event) {
    var request = endpoint.request(id, event, clock.instant(), agent);
    return PgErrors.await(poster.post(endpoint.url(), request.headers(), request.body(), deadline));
  }

  /** Gives an endpoint another secret, as part of a transaction. @return what its owner is told once */
  Rotated rotate(Sql tx, UUID id, int overlapSeconds) {
    var secret = SigningSecret.make();
    var until = EndpointStore.rotate(tx, id, secrets.closeSecret(id, secret), overlapSeconds);
    return new Rotated(SigningSecret.text(secret), until);
  }

  /** @param until when the secret before ends; null = it has ended */
  record Rotated(String secret, @Nullable Instant until) {}

  private Outcome outcome(UUID id, PostAnswer answer) {
    var status = answer instanceof PostAnswer.Answered answered ? answered.status() : null;
    var body = answer instanceof PostAnswer.Answered answered ? answered.body() : null;
    return switch (AnswerPolicy.of(answer, clock.instant())) {
      case AnswerPolicy.Verdict.Taken _ -> {
        EndpointStore.succeeded(sql, id);
        yield new Outcome.Delivered(new Tried(status, answer.took(), null, body), null);
      }
      case AnswerPolicy.Verdict.Later(var error, var after, var counts) -> later(id, error, after, counts);
      case AnswerPolicy.Verdict.Never(var error) -> new Outcome.Dead(new Tried(status, answer.took(), error, body));
      case AnswerPolicy.Verdict.Off(var error) -> new Outcome.Disabled(new Tried(status, answer.took(), error, body), error);
      case AnswerPolicy.Verdict.Again(var error, var after, var hold) -> {
        var tried = new Tried(status, answer.took(), error, body);
        yield again(id, tried, error, after, hold);
      }
    };
  }

  private Outcome again(UUID id, Tried tried, String error, @Nullable Duration after, Duration hold) {
    var failures = EndpointStore.failed(sql, id, error, hold, patience);
    if (failures != null && failures.over()) {
      return new Outcome.Disabled(tried, reason(failures, error));
    }
    return new Outcome.Failed(tried, after);
  }

  private Outcome later(UUID id, String error, Duration after, boolean counts) {
    var failures = counts ? EndpointStore.failed(sql, id, error, after, patience) : null;
    return failures != null && failures.over() ? new Outcome.Disabled(Tried.failed(error), reason(failures, error)) : new Outcome.Postponed(error, after);
  }

  private static String reason(EndpointStore.Failures failures, String last) {
    return "Nothing but failures since " + failures.since() + ", " + failures.failures() + " in a row; the last: " + last;
  }
}
