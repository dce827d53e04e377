package io.agentbus.webhook.in;

import io.agentbus.crypto.Tokens;
import io.agentbus.db.Sql;
import io.agentbus.http.ProblemAnswer;
import io.agentbus.id.Ids;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.webhook.in.scheme.Headers;
import io.agentbus.webhook.in.scheme.Received;
import io.agentbus.webhook.in.scheme.Terms;
import io.agentbus.webhook.in.scheme.Told;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Takes webhooks: proves them, tells repeated ones, and has them in the database before their sender is answered. Routes nothing. */
public final class Receiver {
  private static final int DISABLED_RETRY_SECONDS = 300;
  private static final int FULL_RETRY_SECONDS = 30;
  /** Of a source that waits for its route: some hundreds of large bodies, or all that {@code max-waiting} allows of usual ones. */
  private static final long BACKLOG_BYTES = 256L << 20;

  private final Sql sql;
  private final LiveSources sources;
  private final Decoys decoys = new Decoys();
  private final Clock clock;
  private final long backlog;
  private final Runnable accepted;
  /** A large body is copied on its way: one at a time. */
  private final Semaphore large = new Semaphore(1);
  private final LongAdder unproven = new LongAdder();
  private final LongAdder taken = new LongAdder();
  private final LongAdder repeated = new LongAdder();

  /**
   * @param clock by which signed times are judged
   * @param backlog most webhooks of a source that may wait for their route
   * @param accepted called when webhooks wait that did not before
   */
  Receiver(Sql sql, LiveSources sources, Clock clock, long backlog, Runnable accepted) {
    this.sql = sql;
    this.sources = sources;
    this.clock = clock;
    this.backlog = backlog;
    this.accepted = accepted;
  }

  /** What the sender is answered. */
  public sealed interface Receipt {
    /** All are in the database, as many as the request told; at least one. */
    record Kept(List<Taken> webhooks) implements Receipt {}

    /** A question of the sender's, with its answer. */
    record Challenge(String answer) implements Receipt {}
  }

  /** @param duplicate whether it was there before @param deliveryId the sender's, or null */
  public record Taken(UUID id, boolean duplicate, @Nullable String deliveryId) {}

  /**
   * What a sender may send.
   *
   * @param proven whether its headers prove who it is; otherwise only its body can
   */
  public record Admission(int maxBodyBytes, boolean proven) {}

  /** A request that was proven to come from its source. */
  public static final class Proven {
    private final LiveSource live;
    private final Received request;

    private Proven(LiveSource live, Received request) {
      this.live = live;
      this.request = request;
    }
  }

  /**
   * Looks at a request before its body is read.
   *
   * @throws ProblemException {@code unauthenticated} when nothing in the headers could prove it, or there is no such source
   */
  public Admission admit(String source, Headers headers) {
    var live = find(source);
    var byToken = live.scheme().byToken();
    if (!live.scheme().claims(headers, terms(live)) || byToken && !live.scheme().proves(new Received(headers, new byte[0]),
        live.keysAt(clock.instant()), terms(live))) {
      throw unproven();
    }
    return new Admission(live.source().maxBodyBytes(), byToken);
  }

  /** Whether a source's sender may be told that it may post here; says nothing that a post would not. */
  public boolean shakesHands(String source) {
    return switch (find(source).scheme()) {
      case CLOUDEVENTS, BEARER, STANDARD -> true;
      default -> false;
    };
  }

  /**
   * Finds out whether a request comes from its source; reads nothing of what it says.
   *
   * @throws ProblemException {@code unauthenticated} without any detail when it is not proven, when a secret that
   *     would prove it cannot be opened at this node, or when there is no such source
   */
  public Proven prove(String source, Received request) {
    var live = find(source);
    if (!live.scheme().proves(request, live.keysAt(clock.instant()), terms(live))) {
      // Also where a secret is missing with which it might be: anything else would tell strangers that there is such a source.
      throw unproven();
    }
    return new Proven(live, request);
  }

  /**
   * Takes what a request tells: all of it or nothing.
   *
   * @throws ProblemException {@code unavailable} when the source is disabled or too many of its webhooks wait, {@code invalid_input} or
   *     {@code unsupported_media_type} when it is unreadable
   */
  public Receipt take(Proven proven) {
    if (!proven.live.source().enabled()) {
      throw ProblemException.of(ProblemCode.UNAVAILABLE, "This source is disabled for now.")
          .with(ProblemAnswer.RETRY_AFTER_SECONDS, DISABLED_RETRY_SECONDS);
    }
    if (!proven.request.isLarge()) {
      return read(proven.live, proven.request);
    }
    large.acquireUninterruptibly();
    try {
      return read(proven.live, proven.request);
    } finally {
      large.release();
    }
  }

  private Receipt read(LiveSource live, Received request) {
    return switch (live.scheme().read(request)) {
      case Told.Challenge challenge -> new Receipt.Challenge(challenge.text());
      case Told.Facts told -> keep(live, request, told.facts());
    };
  }

  private Receipt keep(LiveSource live, Received request, List<Told.Fact> facts) {
    var keys = facts.stream().map(fact -> key(request, fact)).toList();
    // In the order in which they were told, which is that of their routing.
    var ids = facts.stream().map(fact -> Ids.next()).toList();
    var kept = facts.size() == 1 ? List.of(keep(sql, live, request, facts.getFirst(), ids.getFirst(), keys.getFirst())) : sql.inTransaction(tx -> {
      var all = new Taken[facts.size()];
      // Everywhere in the order of their keys: two batches that hold the same wait for each other once, not in a ring.
      IntStream.range(0, facts.size()).boxed().sorted((a, b) -> Arrays.compareUnsigned(keys.get(a), keys.get(b)))
          .forEach(i -> all[i] = keep(tx, live, request, facts.get(i), ids.get(i), keys.get(i)));
      return List.of(all);
    });
    var fresh = kept.stream().filter(one -> !one.duplicate()).count();
    taken.add(fresh);
    repeated.add(kept.size() - fresh);
    if (fresh > 0) {
      accepted.run();
    }
    return new Receipt.Kept(List.copyOf(kept));
  }

  private Taken keep(Sql sql, LiveSource live, Received request, Told.Fact fact, UUID id, byte[] key) {
    var source = live.source();
    var deliveryId = fact.id() == null ? null : Arrivals.shortened(Trees.storable(fact.id()));
    var arrival = Arrivals.of(source, live.scheme(), request.headers(), fact, request.isLarge() ? request.raw() : null,
        id, clock.instant());
    var answer = WebhookStore.accept(sql, source.id(), key, remembered(live, fact), arrival, deliveryId, backlog,
        BACKLOG_BYTES);
    if (answer.id() == null) {
      throw ProblemException.of(ProblemCode.UNAVAILABLE, "Too many webhooks of this source wait for their route.")
          .with(ProblemAnswer.RETRY_AFTER_SECONDS, FULL_RETRY_SECONDS);
    }
    return new Taken(answer.id(), answer.duplicate(), deliveryId);
  }

  /** For how many seconds: an id for no less than the signature that it came with is good, so that nobody sends the same a second time. */
  private static int remembered(LiveSource live, Told.Fact fact) {
    var source = live.source();
    return fact.id() == null ? source.repeatSeconds() : Math.max(source.dedupeSeconds(), 2 * source.toleranceSeconds());
  }

  /** What tells a delivery from others of its source: the sender's id, which no body can look like, or the body. */
  private static byte[] key(Received request, Told.Fact fact) {
    return fact.id() != null ? Tokens.digest("id " + fact.id()) : digest("body ", request.body());
  }

  static byte[] digest(String what, byte[] body) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(what.getBytes(StandardCharsets.UTF_8));
      return digest.digest(body);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The source, or what stands in for one that is not there. */
  private LiveSource find(String name) {
    var live = sources.find(name);
    return live == null ? decoys.of(name) : live;
  }

  private Terms terms(LiveSource live) {
    return new Terms(clock.instant(), Duration.ofSeconds(live.source().toleranceSeconds()));
  }

  /** Counted and otherwise forgotten: what anybody may send must not fill a table or a log. */
  private ProblemException unproven() {
    unproven.increment();
    return ProblemException.of(ProblemCode.UNAUTHENTICATED, "This request is not proven to come from the source.");
  }

  /** Requests that were not proven, since the start. */
  public long unprovenCount() {
    return unproven.sum();
  }

  /** Webhooks taken for the first time, since the start. */
  public long takenCount() {
    return taken.sum();
  }

  /** Webhooks that had been taken before, since the start. */
  public long repeatedCount() {
    return repeated.sum();
  }
}
