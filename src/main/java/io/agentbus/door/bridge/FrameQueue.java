package io.agentbus.door.bridge;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * The frames of one connection on their way from its event loop to one virtual thread, which looks at them in turn and
 * may wait.
 */
final class FrameQueue {
  /** From here on the transport is asked to stop reading. */
  private static final int MANY = 256;

  private final Link link;
  private final BridgeLimits limits;
  private final Consumer<byte[]> reader;
  private final Queue<byte[]> frames = new ArrayDeque<>();
  private long bytes;
  private boolean reading;
  private boolean paused;
  private boolean closed;

  FrameQueue(Link link, BridgeLimits limits, Consumer<byte[]> reader) {
    this.link = link;
    this.limits = limits;
    this.reader = reader;
  }

  /** Takes a frame; false when too many wait. On the event loop. */
  synchronized boolean add(byte[] frame) {
    if (closed) {
      return true;
    }
    if (frames.size() >= limits.waitingFrames() || !frames.isEmpty() && bytes + frame.length > limits.waitingBytes()) {
      return false;
    }
    frames.add(frame);
    bytes += frame.length;
    if (!paused && frames.size() >= MANY) {
      paused = true;
      link.pause();
    }
    if (!reading) {
      reading = true;
      Thread.ofVirtual().name("bridge").start(this::readAll);
    }
    return true;
  }

  private void readAll() {
    for (var frame = next(); frame.length > 0; frame = next()) {
      reader.accept(frame);
    }
  }

  /** The next frame; an empty one when there is none and this thread is to end. */
  private synchronized byte[] next() {
    var frame = closed ? null : frames.poll();
    if (paused && frames.size() < MANY / 4) {
      paused = false;
      link.resume();
    }
    if (frame == null) {
      reading = false;
      return new byte[0];
    }
    bytes -= frame.length;
    return frame;
  }

  synchronized void close() {
    closed = true;
    frames.clear();
  }
}
