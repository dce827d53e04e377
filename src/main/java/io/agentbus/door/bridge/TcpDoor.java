package io.agentbus.door.bridge;

import io.agentbus.http.HttpSettings;
import io.agentbus.http.ServerOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;

/** The bridge over TCP, in the frames of vertx-tcp-eventbus-bridge: a length and JSON. */
public final class TcpDoor {
  private final Vertx vertx;
  private final Bridge bridge;
  private final NetServer server;

  private TcpDoor(Vertx vertx, Bridge bridge, NetServerOptions options) {
    this.vertx = vertx;
    this.bridge = bridge;
    this.server = vertx.createNetServer(options);
  }

  /**
   * Listens.
   *
   * @param listen where; with TLS when it has a certificate
   * @param handshake longest time of a TLS handshake
   * @return fails with an IllegalArgumentException in words for an operator when the settings are unsafe, with the
   *     cause when the address cannot be bound
   */
  public static Future<TcpDoor> listen(Vertx vertx, HttpSettings.Listen listen, Duration handshake, Bridge bridge) {
    TcpDoor door;
    try {
      var options = new NetServerOptions().setTcpNoDelay(true).setAcceptBacklog(1024);
      door = new TcpDoor(vertx, bridge, ServerOptions.listenOn(options, listen, handshake));
    } catch (IllegalArgumentException unsafe) {
      return Future.failedFuture(unsafe);
    }
    return door.server.connectHandler(door::opened).listen().map(door);
  }

  /** The port listened on. */
  public int port() {
    return server.actualPort();
  }

  /** Takes no more connections and closes all. */
  public Future<Void> stop() {
    return server.close();
  }

  private void opened(NetSocket socket) {
    var link = new TcpLink(vertx, socket);
    var session = bridge.open(link, null);
    if (session == null) {
      return;
    }
    var parser = new FrameParser(session::frameLimit, session::receive, session::close);
    var deadline = new Deadline(session, parser);
    socket.handler(chunk -> {
      parser.take(chunk);
      deadline.look();
    });
    socket.exceptionHandler(broken -> link.cut());
    socket.closeHandler(closed -> {
      parser.stop();
      deadline.look();
      session.gone();
    });
  }

  /** Closes a connection on which a frame goes on for too long. On its event loop. */
  private final class Deadline {
    private final BridgeSession session;
    private final FrameParser parser;
    private long timer = -1;
    private long frames;

    Deadline(BridgeSession session, FrameParser parser) {
      this.session = session;
      this.parser = parser;
    }

    void look() {
      if (timer >= 0 && (frames != parser.frames() || !parser.isWithinFrame())) {
        vertx.cancelTimer(timer);
        timer = -1;
      }
      if (timer < 0 && parser.isWithinFrame()) {
        frames = parser.frames();
        timer = vertx.setTimer(bridge.limits().halfFrame().toMillis(), late -> session.close(Denial.TIMEOUT));
      }
    }
  }
}
