package io.agentbus.door.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.bus.Addresses;
import io.agentbus.bus.Messages;
import io.agentbus.event.TopicFilter;
import io.agentbus.http.BearerGate;
import io.agentbus.http.ConnectionCount;
import io.agentbus.op.Caller;
import io.agentbus.op.Catalogue;
import io.agentbus.op.ConnectionAuthenticator;
import io.agentbus.op.EventFeed;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What all bridge connections of a node share, whichever transport they came by. Any thread. */
public final class Bridge {
  /** Operations in flight over all connections, waiting ones included. */
  private static final int MOST_CALLS = 4_096;
  private static final Duration SLOWEST_SWEEP = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final Catalogue catalogue;
  private final BearerGate bearer;
  private final ConnectionAuthenticator authenticator;
  private final Messages messages;
  private final BridgeLimits limits;
  private final EventRelay relay;
  private final ConnectionCount count;
  private final Set<BridgeSession> sessions = ConcurrentHashMap.newKeySet();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicBoolean checking = new AtomicBoolean();
  private final AtomicBoolean checkAgain = new AtomicBoolean();
  private final Promise<Void> quiet = Promise.promise();
  private volatile boolean stopping;

  /**
   * A bridge without a transport; {@link TcpDoor} and {@link SockJsDoor} bring them.
   *
   * @param bearer the node's one gate: wrong tokens count wherever they come in
   * @param feed where events come from
   * @param messages the event bus, for requests to agents
   */
  public Bridge(Vertx vertx, Catalogue catalogue, BearerGate bearer, ConnectionAuthenticator authenticator, EventFeed feed, Messages messages,
      BridgeLimits limits) {
    this.vertx = vertx;
    this.catalogue = catalogue;
    this.bearer = bearer;
    this.authenticator = authenticator;
    this.messages = messages;
    this.limits = limits;
    this.relay = new EventRelay(feed);
    this.count = new ConnectionCount(limits.connections(), limits.connectionsPerAddress());
    sweepSoon();
  }

  /** Connections open now. */
  public int connections() {
    return sessions.size();
  }

  /** Operations in flight now. */
  public int calls() {
    return calls.get();
  }

  /** Agents, tokens or their rights have changed: looks at every connection's token again, one after the other. Must not wait and does not. */
  public void recheck() {
    checkAgain.set(true);
    if (checking.compareAndSet(false, true)) {
      Thread.ofVirtual().name("bridge-recheck").start(() -> {
        while (checkAgain.getAndSet(false)) {
          sessions.forEach(BridgeSession::recheck);
        }
        checking.set(false);
        if (checkAgain.get()) {
          recheck();
        }
      });
    }
  }

  /**
   * Takes no more connections, lets calls in flight answer, and closes all.
   *
   * @param grace how long calls may take
   */
  public Future<Void> stop(Duration grace) {
    stopping = true;
    completeWhenQuiet();
    var timer = vertx.setTimer(Math.max(1, grace.toMillis()), late -> quiet.tryComplete());
    return quiet.future().onComplete(done -> {
      vertx.cancelTimer(timer);
      sessions.forEach(session -> session.close(Denial.UNAVAILABLE));
    });
  }

  /** A session for a new connection; null when there is no room for it, of which the client has been told. */
  @Nullable BridgeSession open(Link link, @Nullable Caller caller) {
    if (stopping || !count.enter(link.address())) {
      link.send(link.wire().error(stopping ? Denial.UNAVAILABLE : Denial.TOO_MANY_CONNECTIONS, ""));
      link.close();
      return null;
    }
    var session = new BridgeSession(this, link, caller);
    sessions.add(session);
    return session;
  }

  void left(BridgeSession session, String address) {
    sessions.remove(session);
    count.leave(address);
  }

  /** @throws ProblemException why nobody is let in for this */
  Caller callerOf(String address, JsonNode body) {
    return Login.callerOf(bearer, authenticator, address, body);
  }

  /**
   * Listens to events.
   *
   * @param address {@code agentbus.event.} and a topic filter
   * @throws ProblemException when the caller may not read, or that is no filter
   */
  AutoCloseable events(String address, Caller caller, EventRelay.Listener listener) {
    caller.require(Right.READ);
    try {
      return relay.register(new TopicFilter(address.substring(Addresses.EVENT.length())), listener);
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid("", String.valueOf(malformed.getMessage()));
    }
  }

  boolean beginCall() {
    if (calls.incrementAndGet() > MOST_CALLS || stopping) {
      endCall();
      return false;
    }
    return true;
  }

  void endCall() {
    calls.decrementAndGet();
    completeWhenQuiet();
  }

  private void completeWhenQuiet() {
    if (stopping && calls.get() == 0) {
      quiet.tryComplete();
    }
  }

  private void sweepSoon() {
    var shortest = limits.login().compareTo(limits.idle()) < 0 ? limits.login() : limits.idle();
    var pace = Math.clamp(shortest.toMillis() / 4, 1, SLOWEST_SWEEP.toMillis());
    vertx.setTimer(pace, tick -> {
      var now = System.nanoTime();
      sessions.forEach(session -> session.sweep(now));
      if (!stopping || !sessions.isEmpty()) {
        sweepSoon();
      }
    });
  }

  Catalogue catalogue() {
    return catalogue;
  }

  BearerGate bearer() {
    return bearer;
  }

  ConnectionAuthenticator authenticator() {
    return authenticator;
  }

  Messages messages() {
    return messages;
  }

  BridgeLimits limits() {
    return limits;
  }

  boolean stopping() {
    return stopping;
  }
}
