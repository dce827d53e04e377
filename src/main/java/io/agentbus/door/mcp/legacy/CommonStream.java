package io.agentbus.door.mcp.legacy;

import io.agentbus.door.mcp.content.Content;
import io.agentbus.door.mcp.content.Notice;
import io.agentbus.door.mcp.content.Wish;
import io.agentbus.door.mcp.rpc.Frames;
import io.agentbus.door.mcp.rpc.Revision;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.door.mcp.wire.Notices;
import io.agentbus.http.Exchange;
import io.agentbus.http.SseWriter;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The one stream of a session that belongs to no request: what changes while nobody asks. */
final class CommonStream {
  private final Content content;
  private final Function<Exchange, Caller> callers;

  CommonStream(Content content, Function<Exchange, Caller> callers) {
    this.content = content;
    this.callers = callers;
  }

  /**
   * Writes it until either side ends it.
   *
   * @param again whether the client had it before: then whatever it is subscribed to may have changed meanwhile, and is told
   *     so
   */
  void run(Exchange exchange, Caller caller, Session session, boolean again) throws InterruptedException {
    var bell = new Semaphore(0);
    if (!session.listen(bell)) {
      throw RpcError.of(RpcError.INVALID_REQUEST, 409, "This session has its stream already.", null);
    }
    try (var _ = exchange.scope().onOver(bell::release); var events = SseWriter.open(exchange)) {
      new Writing(exchange, caller, session, events, bell).run(again);
    } finally {
      session.stopListening(bell);
    }
  }

  /** One client's stream. */
  private final class Writing {
    private final Exchange exchange;
    private final Caller caller;
    private final Session session;
    private final SseWriter events;
    private final Semaphore bell;
    private int number;

    Writing(Exchange exchange, Caller caller, Session session, SseWriter events, Semaphore bell) {
      this.exchange = exchange;
      this.caller = caller;
      this.session = session;
      this.events = events;
      this.bell = bell;
    }

    void run(boolean again) throws InterruptedException {
      if (session.revision().compareTo(Revision.V2025_11_25) >= 0) {
        events.event(Shelf.COMMON + "-0", null, new byte[0]);
        events.flush();
      }
      if (again) {
        session.uris().forEach(uri -> send(List.of(new Notice.ResourceUpdated(uri))));
      }
      while (!isOver()) {
        follow(session.uris());
      }
    }

    private boolean isOver() {
      return exchange.scope().over() || session.hasEnded();
    }

    /** Tells of changes until the session wants to hear of something else. */
    private void follow(Set<String> uris) throws InterruptedException {
      var asker = session.asker(caller, exchange.requestId());
      try (var follower = content.follow(asker, Wish.ofSession(uris), bell::release)) {
        while (!isOver()) {
          send(follower.next());
          if (!session.uris().equals(uris)) {
            return;
          }
          if (!bell.tryAcquire(SseWriter.KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)) {
            checkToken();
            events.keepAlive(null);
          }
          bell.drainPermits();
        }
      }
    }

    private void send(List<Notice> notices) {
      for (var notice : notices) {
        events.event(Shelf.COMMON + "-" + ++number, null,
            Frames.notification(Notices.method(notice), Notices.params(notice)));
      }
      events.flush();
    }

    /** A token that was revoked must not go on listening. */
    private void checkToken() {
      session.touch();
      try {
        if (Sessions.principal(callers.apply(exchange)).equals(session.principal())) {
          return;
        }
      } catch (ProblemException refused) {
        // ends below
      }
      exchange.scope().end();
    }
  }
}
