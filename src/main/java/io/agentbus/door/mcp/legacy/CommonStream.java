package io.agentbus.door.mcp.legacy;

import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.rpc.Frames;
import io.agentbus.door.mcp.rpc.Revision;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.door.mcp.wire.Bell;
import io.agentbus.door.mcp.wire.Callers;
import io.agentbus.door.mcp.wire.Notices;
import io.agentbus.http.Exchange;
import io.agentbus.http.SseWriter;
import io.agentbus.op.Caller;

/** The one stream of a session that belongs to no request: what changes while nobody asks. */
final class CommonStream {
  private static final byte[] NOTHING = new byte[0];

  private final Callers callers;

  CommonStream(Callers callers) {
    this.callers = callers;
  }

  /** Writes it until either side ends it. */
  void run(Exchange exchange, Caller caller, Session session) throws InterruptedException {
    try (var bell = new Bell()) {
      if (!session.watch().listen(bell)) {
        throw RpcError.of(RpcError.INVALID_REQUEST, 409, "This session has its stream already.", null);
      }
      var asker = session.asker(caller, exchange.requestId());
      try (var _ = exchange.scope().onOver(bell::close)) {
        // Before the client can know that it listens: what it does then is told.
        session.watch().begin(asker);
        try (var events = SseWriter.open(exchange)) {
          write(exchange, asker, session, events, bell);
        }
      } finally {
        session.watch().stopListening(bell);
        session.touch();
      }
    }
  }

  private void write(Exchange exchange, Asker asker, Session session, SseWriter events, Bell bell)
      throws InterruptedException {
    if (session.revision().compareTo(Revision.V2025_11_25) >= 0) {
      events.event(id(session), null, NOTHING);
      events.flush();
    }
    var token = callers.watch(exchange, asker.caller());
    while (!exchange.scope().over() && !session.hasEnded() && token.isGood()) {
      for (var notice : session.watch().next(asker)) {
        events.event(id(session), null, Frames.notification(Notices.method(notice), Notices.params(notice)));
      }
      events.flush();
      if (!bell.await(SseWriter.KEEP_ALIVE.toMillis())) {
        events.keepAlive(null);
      }
    }
  }

  private static String id(Session session) {
    return Shelf.COMMON + "-" + session.watch().number();
  }
}
