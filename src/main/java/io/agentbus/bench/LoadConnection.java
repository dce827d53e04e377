package io.agentbus.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A kept HTTP/1.1 connection with at most one call under way. Reads only what a node sends: a status line, headers with a Content-Length, a body. */
final class LoadConnection {
  private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);

  /** What becomes of an answer. */
  interface Answer {
    /** @param status of HTTP @param body as it came */
    void come(int status, byte[] body);
  }

  private final SocketChannel channel;
  private final SelectionKey key;
  private ByteBuffer out = ByteBuffer.allocate(0);
  private final ByteBuffer in = ByteBuffer.allocateDirect(64 << 10);
  private byte[] read = new byte[64 << 10];
  private int have;
  private Answer answer = (status, body) -> { };

  /** @param address of the node, to which it connects at once */
  LoadConnection(LoadLoop loop, SocketAddress address) throws IOException {
    channel = SocketChannel.open(address);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    key = loop.watch(channel, this::ready);
  }

  /** Sends a request as it is; the connection is busy until its answer has come. */
  void send(byte[] request, Answer toAnswer) {
    answer = toAnswer;
    out = ByteBuffer.wrap(request);
    try {
      flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void ready() {
    try {
      if (key.isWritable()) {
        flush();
      }
      if (key.isReadable()) {
        receive();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void flush() throws IOException {
    channel.write(out);
    key.interestOps(out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }

  private void receive() throws IOException {
    in.clear();
    var count = channel.read(in);
    if (count < 0) {
      throw new EOFException("the node closed a connection of the load");
    }
    if (have + count > read.length) {
      read = Arrays.copyOf(read, 2 * (have + count));
    }
    in.flip().get(read, have, count);
    have += count;
    var head = endOfHead();
    var end = head < 0 ? -1 : head + length(head);
    if (head < 0 || have < end) {
      return;
    }
    var status = (read[9] - '0') * 100 + (read[10] - '0') * 10 + read[11] - '0';
    var body = Arrays.copyOfRange(read, head, end);
    have = 0;
    answer.come(status, body);
  }

  /** Where the body begins, or -1. */
  private int endOfHead() {
    for (var i = 3; i < have; i++) {
      if (read[i] == '\n' && read[i - 1] == '\r' && read[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  private int length(int head) {
    for (var i = 0; i < head - LENGTH.length; i++) {
      if (read[i] == '\n' && isLength(i + 1)) {
        var number = new String(read, i + 1 + LENGTH.length, 12, StandardCharsets.US_ASCII);
        return Integer.parseInt(number.substring(0, number.indexOf('\r')).strip());
      }
    }
    return 0;
  }

  private boolean isLength(int at) {
    for (var i = 0; i < LENGTH.length; i++) {
      if ((read[at + i] | 0x20) != (LENGTH[i] | 0x20)) {
        return false;
      }
    }
    return true;
  }
}
