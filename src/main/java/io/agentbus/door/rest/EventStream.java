package io.agentbus.door.rest;

import io.agentbus.http.BearerGate;
import io.agentbus.http.Exchange;
import io.agentbus.http.MediaTypes;
import io.agentbus.http.ProblemAnswer;
import io.agentbus.http.QueryString;
import io.agentbus.http.SseWriter;
import io.agentbus.op.Caller;
import io.agentbus.op.EventFeed;
import io.agentbus.op.Right;
import io.agentbus.op.SubscriptionFeed;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.problem.Suggestion;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/v1/events/stream}: the events of the bus as they come, and {@code GET
 * /api/v1/event-subscriptions/{subscription_id}/stream}: those of one subscription. The {@code id} of each is its
 * position, so that a client that comes back with Last-Event-ID misses none; when some between are no longer kept, an
 * event {@code reset} says so first. The token is looked at again while the stream runs, and a stream whose token has
 * ended gets an event {@code end}.
 */
final class EventStream {
  /** Below the base of the API. */
  static final String PATH = "/events/stream";
  /** Likewise, of one subscription. */
  static final String SUBSCRIPTION_PATH = "/event-subscriptions/{subscription_id}/stream";
  private static final int PAGE = 200;
  private static final Set<String> PARAMETERS =
      new TreeSet<>(Set.of("namespace", "topic", "source_agent", "source_job_id", "after"));

  private final EventFeed feed;
  private final BearerGate bearer;
  private final Duration keepAlive;

  EventStream(EventFeed feed, BearerGate bearer) {
    this(feed, bearer, SseWriter.KEEP_ALIVE);
  }

  EventStream(EventFeed feed, BearerGate bearer, Duration keepAlive) {
    this.feed = feed;
    this.bearer = bearer;
    this.keepAlive = keepAlive;
  }

  /** Where a stream's events come from. */
  private interface Source {
    EventFeed.Page after(Caller caller, long position);

    /** The socket has taken everything up to here, and went on doing so for a while. */
    default void seen(long position) {}
  }

  /** On the event loop. */
  void receive(Exchange exchange) {
    if (isStream(exchange)) {
      var parameters = QueryString.parse(exchange.query());
      exchange.work(() -> serve(exchange, parameters));
    }
  }

  /** The same for the stream of a subscription. On the event loop. @param id as it stands in the path */
  void receive(Exchange exchange, SubscriptionFeed subscriptions, String id) {
    if (isStream(exchange)) {
      exchange.work(() -> serve(exchange, subscriptions, id));
    }
  }

  /** Whether the stream itself is asked for; what is not has been answered. */
  private static boolean isStream(Exchange exchange) {
    var request = exchange.request();
    if (!request.headers().contains(HttpHeaders.AUTHORIZATION)) {
      throw RestDoor.unauthenticated();
    }
    if (!MediaTypes.accepts(request.getHeader(HttpHeaders.ACCEPT), "text/event-stream")) {
      throw ProblemException.of(ProblemCode.NOT_ACCEPTABLE, "The stream is text/event-stream.");
    }
    if (exchange.method().name().equals("HEAD")) {
      exchange.end(200, "text/event-stream; charset=utf-8", new byte[0]);
      return false;
    }
    return true;
  }

  private void serve(Exchange exchange, Map<String, List<String>> parameters) throws InterruptedException {
    var caller = callerOf(exchange);
    var filter = filterIn(parameters);
    var asked = exchange.request().getHeader("Last-Event-ID");
    var after = asked == null || asked.isBlank() ? one(parameters, "after") : asked.strip();
    var position = after == null ? feed.newest() : positionIn(after);
    stream(exchange, caller, (now, at) -> feed.after(now, filter, at, PAGE), position);
  }

  private void serve(Exchange exchange, SubscriptionFeed subscriptions, String id) throws InterruptedException {
    var caller = callerOf(exchange);
    var asked = exchange.request().getHeader("Last-Event-ID");
    var following = subscriptions.follow(caller, uuid(id), asked == null || asked.isBlank() ? null : (Long) positionIn(asked.strip()));
    stream(exchange, caller, new Source() {
      @Override
      public EventFeed.Page after(Caller now, long position) {
        return following.after(now, position, PAGE);
      }

      @Override
      public void seen(long position) {
        following.seen(position);
      }
    }, following.position());
  }

  private static UUID uuid(String id) {
    try {
      return UUID.fromString(id);
    } catch (IllegalArgumentException e) {
      throw ProblemException.invalid("/subscription_id", "must be a UUID");
    }
  }

  private void stream(Exchange exchange, Caller caller, Source source, long position) throws InterruptedException {
    var bell = new Semaphore(0);
    try (var _ = feed.onNews(bell::release); var _ = exchange.scope().onOver(bell::release)) {
      // A filter or namespace that is refused is refused before the stream begins.
      var first = source.after(caller, position);
      try (var stream = SseWriter.open(exchange)) {
        new Reader(exchange, caller, stream, source, bell).follow(position, first);
      }
    }
  }

  private Caller callerOf(Exchange exchange) {
    var caller = bearer.callerOf(exchange);
    caller.require(Right.READ);
    return caller;
  }

  private static EventFeed.Filter filterIn(Map<String, List<String>> parameters) {
    for (var name : parameters.keySet()) {
      if (!PARAMETERS.contains(name)) {
        throw ProblemException.invalid("/" + name, "is not a parameter of the stream"
            + Suggestion.words(name, PARAMETERS));
      }
    }
    var job = one(parameters, "source_job_id");
    try {
      return new EventFeed.Filter(one(parameters, "namespace"), one(parameters, "topic"),
          one(parameters, "source_agent"), job == null ? null : UUID.fromString(job));
    } catch (IllegalArgumentException e) {
      throw ProblemException.invalid("/source_job_id", "must be a UUID");
    }
  }

  private static @Nullable String one(Map<String, List<String>> parameters, String name) {
    var values = parameters.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw ProblemException.invalid("/" + name, "is given " + values.size() + " times");
    }
    var value = values.isEmpty() ? null : values.getFirst();
    if (value != null && value.indexOf(0) >= 0) {
      throw ProblemException.invalid("/" + name, "must not contain the character U+0000");
    }
    return value;
  }

  private static long positionIn(String text) {
    try {
      var position = Long.parseLong(text);
      if (position >= 0) {
        return position;
      }
    } catch (NumberFormatException notANumber) {
      // told below, with the negative ones
    }
    throw ProblemException.invalid("/after", "must be the id of an event of this stream, a whole number from 0");
  }

  /** One client's way through the feed. */
  private final class Reader {
    private final Exchange exchange;
    private final SseWriter stream;
    private final Source source;
    private final Semaphore bell;
    private Caller caller;
    private long checkedAt = System.nanoTime();
    /** What was sent when the token was looked at last: the socket has taken more since. */
    private long sent = -1;
    private long reached = -1;

    Reader(Exchange exchange, Caller caller, SseWriter stream, Source source, Semaphore bell) {
      this.exchange = exchange;
      this.caller = caller;
      this.stream = stream;
      this.source = source;
      this.bell = bell;
    }

    void follow(long from, EventFeed.Page page) throws InterruptedException {
      var position = from;
      try {
        for (var current = page; send(position, current); current = source.after(caller, position)) {
          var moved = current.position() > position;
          position = Math.max(position, current.position());
        reached = position;
          if (!moved && !awaitNews(position)) {
            return;
          }
          recheck();
        }
      } catch (ProblemException e) {
        var problem = ProblemAnswer.body(e, exchange.requestId(), exchange.path());
        // With its place: a client that comes back goes on behind all that was looked at.
        stream.event(Long.toString(position), "end", problem);
        stream.flush();
      }
    }

    private boolean send(long asked, EventFeed.Page page) {
      if (page.gap()) {
        var resumes = page.items().isEmpty() ? page.position() : page.items().getFirst().position() - 1;
        stream.event(Long.toString(resumes), "reset",
            ("{\"asked\":" + asked + ",\"resumes_after\":" + resumes + "}").getBytes(StandardCharsets.UTF_8));
      }
      for (var item : page.items()) {
        if (!stream.event(Long.toString(item.position()), null, item.json())) {
          return false;
        }
      }
      return stream.flush();
    }

    /** Waits until the feed may have more; says now and then that the stream lives, and how far it has looked. */
    private boolean awaitNews(long position) throws InterruptedException {
      while (!bell.tryAcquire(keepAlive.toMillis(), TimeUnit.MILLISECONDS)) {
        recheck();
        if (!stream.keepAlive(Long.toString(position))) {
          return false;
        }
      }
      bell.drainPermits();
      return !exchange.scope().over();
    }

    /** Looks at the token again when that was long ago: a revoked one must not go on listening. */
    private void recheck() {
      var now = System.nanoTime();
      if (now - checkedAt >= keepAlive.toNanos()) {
        checkedAt = now;
        caller = callerOf(exchange);
        if (sent >= 0) {
          source.seen(sent);
        }
        sent = reached;
      }
    }
  }
}
