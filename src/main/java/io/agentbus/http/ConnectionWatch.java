package io.agentbus.http;

import io.netty.channel.ChannelOption;
import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one event loop and where each one stands, so that a client that stalls is closed: while it sends
 * headers, while it sends a body, while it should read, or when it says nothing more. A sweep looks at them all; a
 * request costs no timer.
 *
 * <p>While a request is worked on there is no deadline here: how long a call may wait is the operation's business.
 */
final class ConnectionWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionWatch.class);
  /** Answers that may lie unread before the next pipelined request has to wait for the reader. */
  private static final long MOST_UNREAD = 1 << 20;
  /** Status of a connection that speaks WebSocket now; its surface watches it. */
  private static final int SWITCHED = 101;

  private final HttpSettings.Deadlines deadlines;
  private final ConnectionCount count;
  /** Used on the event loop alone. */
  private final Map<HttpConnection, Watched> connections = new IdentityHashMap<>();

  ConnectionWatch(HttpSettings.Deadlines deadlines, ConnectionCount count) {
    this.deadlines = deadlines;
    this.count = count;
  }

  /** One connection. Its fields are the event loop's, except what is marked. */
  static final class Watched {
    final HttpConnection connection;
    final String address;
    /** When the connection opened, then when the current request began. */
    private long since = System.nanoTime();
    private long quietSince;
    private @Nullable Exchange exchange;
    /** Bytes of ended answers not yet taken by the socket. Any thread. */
    private final AtomicLong unread = new AtomicLong();
    private volatile long unreadSince;
    private volatile @Nullable Future<Void> lastWrite;
    private volatile boolean last;

    private Watched(HttpConnection connection, String address) {
      this.connection = connection;
      this.address = address;
    }

    /** An answer of that many bytes has been ended. Any thread. */
    void ending(int bytes, Future<Void> written) {
      if (unread.getAndAdd(bytes) == 0) {
        unreadSince = System.nanoTime();
      }
      lastWrite = written;
      written.onComplete(done -> {
        unreadSince = System.nanoTime();
        unread.addAndGet(-bytes);
      });
    }

    /**
     * Closes at once and resets. The connection's own close would first wait for a reader that does not read, so this
     * goes to the channel below it; and without the reset the kernel would go on offering what is left. Any thread.
     */
    void cut() {
      if (connection instanceof HttpServerConnection below) {
        var context = below.channelHandlerContext();
        // On its own loop, where nobody closes it between the look and the option, which a closed one refuses.
        context.executor().execute(() -> {
          if (context.channel().isOpen()) {
            context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
          }
          // Below all handlers: a WebSocket has others than the request it began with.
          var lowest = context.channel().pipeline().firstContext();
          (lowest == null ? context : lowest).close();
        });
      } else {
        connection.close();
      }
    }

    /** Closes when the client sends more than that from now on. On the event loop. */
    void limitUpload(int bytes) {
      if (connection instanceof HttpServerConnection below) {
        below.channelHandlerContext().pipeline().addFirst(UploadLimit.NAME, new UploadLimit(bytes));
      }
    }

    /** Takes that back. Any thread. */
    void liftUploadLimit() {
      if (connection instanceof HttpServerConnection below) {
        var context = below.channelHandlerContext();
        context.executor().execute(() -> {
          if (context.pipeline().get(UploadLimit.NAME) != null) {
            context.pipeline().remove(UploadLimit.NAME);
          }
        });
      }
    }

    /** Serves no request behind the one in hand. Any thread. */
    void beLast() {
      last = true;
    }

    boolean isLast() {
      return last;
    }

    /** What the next request must wait for, or null: a client that pipelines must also read. */
    @Nullable Future<Void> backlog() {
      return unread.get() > MOST_UNREAD ? lastWrite : null;
    }
  }

  /** Takes the connection under watch, or closes it when there are too many. */
  void opened(HttpConnection connection) {
    var address = connection.remoteAddress().hostAddress();
    if (!count.enter(address)) {
      LOG.debug("connection of {} closed: too many are open", address);
      connection.close();
      return;
    }
    var watched = new Watched(connection, address);
    connections.put(connection, watched);
    if (connection instanceof HttpServerConnection below) {
      // Once a connection speaks WebSocket it tells its own close handler nothing more.
      below.channelHandlerContext().channel().closeFuture().addListener(done -> closed(watched));
    } else {
      connection.closeHandler(done -> closed(watched));
    }
  }

  private void closed(Watched watched) {
    connections.remove(watched.connection);
    count.leave(watched.address);
    if (watched.exchange != null) {
      watched.exchange.clientGone();
    }
  }

  /** The connection of a request whose headers are complete; null for one that is being closed. */
  @Nullable Watched of(HttpServerRequest request) {
    var watched = connections.get(request.connection());
    return watched == null || watched.isLast() ? null : watched;
  }

  void begin(Watched watched, Exchange exchange) {
    watched.exchange = exchange;
    watched.since = System.nanoTime();
    watched.quietSince = 0;
  }

  /** Closes who has stalled, and takes leave of who is done. */
  void sweep() {
    var now = System.nanoTime();
    for (var watched : List.copyOf(connections.values())) {
      if (hasStalled(watched, now)) {
        LOG.debug("connection of {} closed: the client has stalled", watched.address);
        watched.cut();
      } else if (isDone(watched, now)) {
        watched.connection.close();
      }
    }
  }

  private boolean hasStalled(Watched watched, long now) {
    var exchange = watched.exchange;
    if (exchange == null) {
      return now - watched.since > deadlines.header().toNanos();
    }
    if (watched.unread.get() > 0 && now - watched.unreadSince > deadlines.write().toNanos()) {
      return true;
    }
    // Also when the answer has been given: a refused body must not trickle on.
    return !exchange.request().isEnded() && now - watched.since > deadlines.body().toNanos();
  }

  private boolean isDone(Watched watched, long now) {
    var exchange = watched.exchange;
    if (exchange == null || !exchange.response().ended() || exchange.response().getStatusCode() == SWITCHED) {
      return false;
    }
    if (watched.quietSince == 0) {
      watched.quietSince = now;
    }
    return now - watched.quietSince > deadlines.idle().toNanos();
  }

  /** Tells every call in progress that its answer is wanted now. */
  void endScopes() {
    for (var watched : connections.values()) {
      if (watched.exchange != null) {
        watched.exchange.scope().end();
      }
    }
  }
}
