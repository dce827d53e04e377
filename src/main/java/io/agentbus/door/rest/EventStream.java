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
 * {@code GET /api/v1/events/stream}: the events of the bus as they come. The {@code id} of each is its position, so
 * that a client that comes back with Last-Event-ID misses none; when some between are no longer kept, an event {@code
 * reset} says so first. The token is looked at again while the stream runs, and a stream whose token has ended gets an
 * event {@code end}.
 */
final class EventStream {
  /** Below the base of the API. */
  static final String PATH = "/events/stream";
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

  /** On the event loop. */
  void receive(Exchange exchange) {
    var request = exchange.request();
    if (!request.headers().contains(HttpHeaders.AUTHORIZATION)) {
      throw RestDoor.unauthenticated();
    }
    if (!MediaTypes.accepts(request.getHeader(HttpHeaders.ACCEPT), "text/event-stream")) {
      throw ProblemException.of(ProblemCode.NOT_ACCEPTABLE, "The stream is text/event-stream.");
    }
    if (exchange.method().name().equals("HEAD")) {
      exchange.end(200, "text/event-stream; charset=utf-8", new byte[0]);
      return;
    }
    var parameters = QueryString.parse(exchange.query());
    exchange.work(() -> serve(exchange, parameters));
  }

  private void serve(Exchange exchange, Map<String, List<String>> parameters) throws InterruptedException {
    var caller = callerOf(exchange);
    var filter = filterIn(parameters);
    var asked = exchange.request().getHeader("Last-Event-ID");
    var after = asked == null || asked.isBlank() ? one(parameters, "after") : asked.strip();
    var position = after == null ? feed.newest() : positionIn(after);
    var bell = new Semaphore(0);
    try (var _ = feed.onNews(bell::release); var _ = exchange.scope().onOver(bell::release)) {
      // A filter or namespace that is refused is refused before the stream begins.
      var first = feed.after(caller, filter, position, PAGE);
      try (var stream = SseWriter.open(exchange)) {
        new Reader(exchange, caller, stream, filter, bell).follow(position, first);
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
    return values.isEmpty() ? null : values.getFirst();
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
    private final EventFeed.Filter filter;
    private final Semaphore bell;
    private Caller caller;
    private long checkedAt = System.nanoTime();

    Reader(Exchange exchange, Caller caller, SseWriter stream, EventFeed.Filter filter, Semaphore bell) {
      this.exchange = exchange;
      this.caller = caller;
      this.stream = stream;
      this.filter = filter;
      this.bell = bell;
    }

    void follow(long from, EventFeed.Page page) throws InterruptedException {
      var position = from;
      try {
        for (var current = page; send(position, current); current = feed.after(caller, filter, position, PAGE)) {
          var moved = current.position() > position;
          position = Math.max(position, current.position());
          if (!moved && !awaitNews(position)) {
            return;
          }
          recheck();
        }
      } catch (ProblemException e) {
        var problem = ProblemAnswer.body(e, exchange.requestId(), exchange.path());
        stream.event(null, "end", problem);
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
      }
    }
  }
}
