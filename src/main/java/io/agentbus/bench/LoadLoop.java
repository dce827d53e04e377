package io.agentbus.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of the load: sockets that are ready and timers that are due. Bare on purpose: the load shares the machine with what it
 * measures, and an ordinary HTTP client was measured to take as much time for a call as the node does. Not for use by two threads.
 */
final class LoadLoop implements AutoCloseable {
  private static final long LONGEST_MILLIS = 1_000;

  private record Timer(long due, Runnable action) {}

  private final Selector selector;
  private final PriorityQueue<Timer> timers = new PriorityQueue<>((a, b) -> Long.compare(a.due - b.due, 0));
  private @Nullable Throwable failure;

  LoadLoop() throws IOException {
    selector = Selector.open();
  }

  /** Watches a channel for what there is to read; {@code ready} runs then. */
  SelectionKey watch(SelectableChannel channel, Runnable ready) throws IOException {
    channel.configureBlocking(false);
    return channel.register(selector, SelectionKey.OP_READ, ready);
  }

  /** Runs an action at a moment of {@link System#nanoTime}, or a little later. */
  void at(long nanos, Runnable action) {
    timers.add(new Timer(nanos, action));
  }

  /** Ends {@link #runUntil} with this. */
  void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
  }

  /** Serves sockets and timers until {@code done}. @throws IOException what {@link #fail} was told, wrapped */
  void runUntil(BooleanSupplier done, long limitSeconds) throws IOException, TimeoutException {
    var limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
    while (!done.getAsBoolean()) {
      if (failure != null) {
        throw new IOException("the load failed: " + failure.getMessage(), failure);
      }
      var now = System.nanoTime();
      if (now - limit > 0) {
        throw new TimeoutException("the load did not end within " + limitSeconds + " s");
      }
      while (!timers.isEmpty() && timers.peek().due - now <= 0) {
        timers.poll().action.run();
      }
      select(timers.isEmpty() ? LONGEST_MILLIS : millisUntil(timers.peek().due));
    }
  }

  /** Rounded up: a timer late by less than a millisecond costs the machine less than a thread that spins until it is due. */
  private static long millisUntil(long due) {
    return Math.clamp((due - System.nanoTime() + 999_999) / 1_000_000, 0, LONGEST_MILLIS);
  }

  private void select(long millis) throws IOException {
    try {
      if (millis == 0) {
        selector.selectNow(LoadLoop::ready);
      } else {
        selector.select(LoadLoop::ready, millis);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void ready(SelectionKey key) {
    ((Runnable) key.attachment()).run();
  }

  @Override
  public void close() throws IOException {
    for (var key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}
