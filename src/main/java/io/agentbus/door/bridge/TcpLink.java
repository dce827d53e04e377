package io.agentbus.door.bridge;

import io.netty.channel.ChannelOption;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;

/** A connection of the TCP protocol. */
final class TcpLink implements Link {
  private static final long LINGER_MILLIS = 1_000;

  private final Vertx vertx;
  private final Context context;
  private final NetSocket socket;
  private final String address;

  /** On the socket's event loop. */
  TcpLink(Vertx vertx, NetSocket socket) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.socket = socket;
    this.address = socket.remoteAddress().hostAddress();
  }

  @Override
  public Wire wire() {
    return Wire.TCP;
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public Future<Void> send(byte[] frame) {
    return socket.write(Buffer.buffer(frame.length + 4).appendInt(frame.length).appendBytes(frame));
  }

  /** Nothing changes: the parser asks for each frame how large it may be. */
  @Override
  public void welcome() {}

  @Override
  public void pause() {
    context.runOnContext(now -> socket.pause());
  }

  @Override
  public void resume() {
    context.runOnContext(now -> socket.resume());
  }

  @Override
  public void close() {
    context.runOnContext(now -> {
      socket.close();
      vertx.setTimer(LINGER_MILLIS, late -> cut());
    });
  }

  /** The socket's own close would wait for a client that does not read; without the reset the kernel would go on offering what is left. */
  @Override
  public void cut() {
    var below = ((NetSocketInternal) socket).channelHandlerContext();
    below.executor().execute(() -> {
      if (below.channel().isOpen()) {
        below.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        below.close();
      }
    });
  }
}
