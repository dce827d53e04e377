package io.agentbus.door.bridge;

import io.agentbus.http.Exchange;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.nio.charset.StandardCharsets;

/** A connection of the SockJS protocol, or a plain WebSocket. */
final class SockJsLink implements Link {
  private static final long LINGER_MILLIS = 1_000;

  /** What it stands on. */
  enum Kind {
    /** A WebSocket, which can be asked to read no further. */
    PLAIN,
    /** SockJS over a WebSocket. */
    FRAMED,
    /** SockJS over requests that come and go. */
    REQUESTS
  }

  private final Vertx vertx;
  private final Context context;
  private final SockJSSocket socket;
  private final Exchange exchange;
  private final Kind kind;

  /**
   * On the socket's event loop.
   *
   * @param exchange that opened it
   */
  SockJsLink(Vertx vertx, SockJSSocket socket, Exchange exchange, Kind kind) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.socket = socket;
    this.exchange = exchange;
    this.kind = kind;
  }

  @Override
  public Wire wire() {
    return Wire.SOCKJS;
  }

  @Override
  public String address() {
    return exchange.address();
  }

  /** By way of the event loop: the socket asks which one it is called on, and frames keep their order. */
  @Override
  public Future<Void> send(byte[] frame) {
    var written = Promise.<Void>promise();
    context.runOnContext(now -> socket.write(new String(frame, StandardCharsets.UTF_8)).onComplete(written));
    return written.future();
  }

  /** Until somebody is known, so much may come in all. @param bytes see {@link #welcome} */
  void limitStranger(int bytes) {
    if (kind != Kind.REQUESTS) {
      exchange.limitUpload(bytes);
    }
  }

  @Override
  public void welcome() {
    if (kind != Kind.REQUESTS) {
      exchange.liftUploadLimit();
    }
  }

  @Override
  public void pause() {
    if (kind == Kind.PLAIN) {
      context.runOnContext(now -> socket.pause());
    }
  }

  @Override
  public void resume() {
    if (kind == Kind.PLAIN) {
      context.runOnContext(now -> socket.resume());
    }
  }

  @Override
  public void close() {
    context.runOnContext(now -> {
      socket.close();
      vertx.setTimer(LINGER_MILLIS, late -> cut());
    });
  }

  @Override
  public void cut() {
    if (kind == Kind.REQUESTS) {
      context.runOnContext(now -> socket.close());
    } else {
      exchange.drop();
    }
  }
}
