package io.agentbus.door.mcp.legacy;

import io.agentbus.door.mcp.wire.Outbox;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a session by number: those that go on, and a few that have ended, for a client whose connection broke
 * before it had read them. All sessions of a node share one allowance for the latter. Any thread.
 */
final class Shelf {
  /** Number of the stream that belongs to no request. */
  static final int COMMON = 0;
  private static final int MOST_ENDED = 16;

  /** One stream: what it says, and what to do when its reader leaves early. */
  record Stream(int number, Outbox outbox, Runnable left) {}

  private final AtomicLong allowance;
  private final Map<Integer, Stream> streams = new LinkedHashMap<>();
  private final Map<Integer, Long> ended = new LinkedHashMap<>();
  private int newest = COMMON;

  /** @param allowance bytes that ended streams may still take, over all sessions */
  Shelf(AtomicLong allowance) {
    this.allowance = allowance;
  }

  synchronized Stream open(Outbox outbox, Runnable left) {
    var stream = new Stream(++newest, outbox, left);
    streams.put(stream.number(), stream);
    return stream;
  }

  synchronized @Nullable Stream find(int number) {
    return streams.get(number);
  }

  /** Its work is over. It is kept while there is room. */
  synchronized void end(Stream stream) {
    if (!streams.containsKey(stream.number())) {
      return;
    }
    var size = stream.outbox().size();
    if (allowance.addAndGet(-size) < 0) {
      allowance.addAndGet(size);
      streams.remove(stream.number());
      return;
    }
    ended.put(stream.number(), size);
    if (ended.size() > MOST_ENDED) {
      drop(ended.keySet().iterator().next());
    }
  }

  private void drop(int number) {
    streams.remove(number);
    var size = ended.remove(number);
    if (size != null) {
      allowance.addAndGet(size);
    }
  }

  synchronized void clear() {
    ended.values().forEach(allowance::addAndGet);
    ended.clear();
    streams.clear();
  }
}
