package io.agentbus.http;

import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What all event loops of a server share: its settings and the requests in progress. */
final class ServerShare {
  private final Vertx vertx;
  private final HttpSettings settings;
  private final AtomicInteger working = new AtomicInteger();
  private final AtomicInteger streams = new AtomicInteger();
  private final AtomicLong bodies = new AtomicLong();
  private final StrangerBodies strangers;

  ServerShare(Vertx vertx, HttpSettings settings) {
    this.vertx = vertx;
    this.settings = settings;
    this.strangers = new StrangerBodies(settings.limits().strangerBodies());
  }

  Vertx vertx() {
    return vertx;
  }

  HttpSettings settings() {
    return settings;
  }

  boolean enter() {
    return enter(working, settings.limits().requests());
  }

  void leave() {
    working.decrementAndGet();
  }

  boolean openStream() {
    return enter(streams, settings.limits().streams());
  }

  void closeStream() {
    streams.decrementAndGet();
  }

  /** Takes bytes of the allowance for bodies; every {@code true} is paid back by {@link #giveBackBody}. */
  boolean takeBody(long bytes) {
    if (bodies.addAndGet(bytes) > settings.limits().bodies()) {
      bodies.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void giveBackBody(long bytes) {
    bodies.addAndGet(-bytes);
  }

  /** The allowance for bodies of those who are not known yet. */
  StrangerBodies strangers() {
    return strangers;
  }

  /** Bytes of bodies held now, beyond what is read from anybody. */
  long bodies() {
    return bodies.get();
  }

  int working() {
    return working.get();
  }

  int streams() {
    return streams.get();
  }

  private static boolean enter(AtomicInteger count, int most) {
    if (count.incrementAndGet() > most) {
      count.decrementAndGet();
      return false;
    }
    return true;
  }
}
