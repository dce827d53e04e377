package io.agentbus.work;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a command printed: all of it is read, so that the command never waits, and a bounded part is kept. */
final class Captured {
  /** Which part is kept. */
  enum Keep {
    HEAD,
    TAIL
  }

  /** Room made at first: few commands print much, and many may run at once. */
  private static final int FIRST_ROOM = 64 << 10;
  private final Keep keep;
  private final int limit;
  /** The kept bytes; grows up to the limit while the beginning is kept. */
  private byte[] ring;
  private final Thread reader;
  private final InputStream stream;
  private long total;
  private volatile @Nullable IOException brokenBy;

  private Captured(String name, InputStream stream, Keep keep, int limit) {
    this.keep = keep;
    this.limit = limit;
    this.ring = new byte[keep == Keep.HEAD ? Math.min(limit, FIRST_ROOM) : limit];
    this.stream = stream;
    // A platform thread: reading a pipe would hold a carrier of the virtual ones for as long as the command runs.
    this.reader = Thread.ofPlatform().daemon().name(name).unstarted(this::drain);
  }

  /** Starts to read. {@code limit} is in bytes. */
  static Captured of(String name, InputStream stream, Keep keep, int limit) {
    var captured = new Captured(name, stream, keep, limit);
    captured.reader.start();
    return captured;
  }

  private void drain() {
    var buffer = new byte[16 << 10];
    try (stream) {
      for (var read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
        take(buffer, read);
      }
    } catch (IOException e) {
      // The pipe breaks when a command is stopped while it prints. What was read until then is what it printed.
      brokenBy = e;
    }
  }

  private synchronized void take(byte[] bytes, int length) {
    if (keep == Keep.HEAD) {
      if (ring.length < limit && total + length > ring.length) {
        ring = Arrays.copyOf(ring, (int) Math.min(limit, Math.max(2L * ring.length, total + length)));
      }
      var room = (int) Math.min(length, Math.max(0, ring.length - total));
      System.arraycopy(bytes, 0, ring, (int) Math.min(total, ring.length), room);
    } else {
      var from = Math.max(0, length - ring.length);
      for (var at = from; at < length; at++) {
        ring[(int) ((total + at) % ring.length)] = bytes[at];
      }
    }
    total += length;
  }

  /**
   * Waits until the command's end of the pipe is closed, at most this long; a process that escaped may hold it open.
   */
  void awaitEnd(long millis) throws InterruptedException {
    reader.join(millis);
  }

  /** Bytes printed so far. */
  synchronized long total() {
    return total;
  }

  /** Whether more was printed than is kept, or the rest could not be read. */
  synchronized boolean isCut() {
    return total > limit || brokenBy != null;
  }

  /** The kept part; bytes that are not UTF-8 are replaced. */
  synchronized String text() {
    var length = (int) Math.min(total, ring.length);
    if (keep == Keep.HEAD || total <= ring.length) {
      return new String(ring, 0, length, StandardCharsets.UTF_8);
    }
    var start = (int) (total % ring.length);
    var ordered = new byte[length];
    System.arraycopy(ring, start, ordered, 0, length - start);
    System.arraycopy(ring, 0, ordered, length - start, start);
    return new String(ordered, StandardCharsets.UTF_8);
  }
}
