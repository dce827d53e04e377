package io.agentbus.door.bridge;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What waits for the socket of one connection, and the limit to that. Any thread. */
final class Outbox {
  private final Link link;
  private final int mostBytes;
  private final int mostFrames;
  private final Runnable full;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger frames = new AtomicInteger();

  /** @param full called when the client reads too slowly; nothing is sent from then on */
  Outbox(Link link, int mostBytes, int mostFrames, Runnable full) {
    this.link = link;
    this.mostBytes = mostBytes;
    this.mostFrames = mostFrames;
    this.full = full;
  }

  /** Sends a frame. One that is larger than the limit goes out when nothing else waits. */
  void send(byte[] frame) {
    var waiting = bytes.getAndAdd(frame.length);
    if (frames.incrementAndGet() > mostFrames || waiting > 0 && waiting + frame.length > mostBytes) {
      full.run();
      return;
    }
    link.send(frame).onComplete(sent -> {
      bytes.addAndGet(-frame.length);
      frames.decrementAndGet();
    });
  }
}
