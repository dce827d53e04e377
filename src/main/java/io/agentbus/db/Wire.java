package io.agentbus.db;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import java.net.SocketOption;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/** The TCP connection below a database connection, for what the driver has no word for. */
final class Wire {
  /** The system's own first probe comes after two hours: by then nobody waits any more. Seconds, seconds, number. */
  private static final Map<SocketOption<Integer>, Integer> KEEP_ALIVE = Map.of(ExtendedSocketOptions.TCP_KEEPIDLE, 15,
      ExtendedSocketOptions.TCP_KEEPINTERVAL, 5, ExtendedSocketOptions.TCP_KEEPCOUNT, 3);

  private Wire() {}

  /** Has the system look every few seconds whether the other side of an idle connection is still there. */
  static void keepAlive(SqlConnection connection) {
    var channel = channel(connection);
    if (channel != null) {
      // A system that lacks one of them says so by false, and keeps its own.
      KEEP_ALIVE.forEach((option, value) -> channel.config().setOption(NioChannelOption.of(option), value));
    }
  }

  /** Ends the connection without asking the server, which may not answer. What waits on it fails. */
  static void cut(SqlConnection connection) {
    var channel = channel(connection);
    if (channel != null) {
      channel.close();
    }
  }

  /** Runs something when the connection has ended, whoever ended it. */
  static void whenClosed(SqlConnection connection, Runnable action) {
    var channel = channel(connection);
    if (channel != null) {
      channel.closeFuture().addListener(ignored -> action.run());
    }
  }

  private static @Nullable Channel channel(SqlConnection connection) {
    return ((SqlConnectionInternal) connection).unwrap().unwrap() instanceof SocketConnectionBase socket
        ? socket.socket().channelHandlerContext().channel() : null;
  }
}
