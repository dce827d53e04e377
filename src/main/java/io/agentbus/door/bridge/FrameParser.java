package io.agentbus.door.bridge;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Cuts a stream of bytes into frames: a length of 4 bytes, big-endian, and so many bytes of JSON. A length is judged
 * before any of what it announces is kept, and what is kept grows with what has come, not with what was announced. On
 * the connection's event loop.
 */
final class FrameParser {
  private static final int HEAD = 4;

  private final IntSupplier most;
  private final Consumer<byte[]> frames;
  private final Consumer<Denial> broken;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(256);
  private int headBytes;
  private int length;
  private boolean stopped;
  private long count;

  /**
   * @param most bytes that a frame may have now
   * @param frames takes each whole one
   * @param broken hears once that the stream can be read no further
   */
  FrameParser(IntSupplier most, Consumer<byte[]> frames, Consumer<Denial> broken) {
    this.most = most;
    this.frames = frames;
    this.broken = broken;
  }

  /** Takes what has come. */
  void take(Buffer chunk) {
    var at = 0;
    while (at < chunk.length() && !stopped) {
      if (headBytes < HEAD) {
        length = length << 8 | chunk.getByte(at++) & 0xff;
        if (++headBytes == HEAD) {
          judge();
        }
      } else {
        var part = Math.min(length - body.size(), chunk.length() - at);
        body.writeBytes(chunk.getBytes(at, at + part));
        at += part;
        if (body.size() == length) {
          hand();
        }
      }
    }
  }

  /** Whole frames until now. */
  long frames() {
    return count;
  }

  /** Whether a frame has begun and not ended. */
  boolean isWithinFrame() {
    return headBytes > 0 && !stopped;
  }

  /** Reads nothing more. */
  void stop() {
    stopped = true;
    body.reset();
  }

  private void judge() {
    if (length <= 0) {
      stop();
      broken.accept(Denial.INVALID_LENGTH);
    } else if (length > most.getAsInt()) {
      stop();
      broken.accept(Denial.FRAME_TOO_LARGE);
    }
  }

  private void hand() {
    var frame = body.toByteArray();
    body.reset();
    headBytes = 0;
    length = 0;
    count++;
    frames.accept(frame);
  }
}
