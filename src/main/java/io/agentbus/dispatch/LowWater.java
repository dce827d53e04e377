package io.agentbus.dispatch;

import io.agentbus.bus.ReadyHint;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Up to where each line has been claimed empty. A claim that starts there does not walk over the dead index entries that a
 * transaction held open keeps from being cleaned away. A mark may hide a job that was put in below it, so marks are forgotten when
 * such a job is announced, when a claim comes back short, and after a second in any case. One event loop only.
 */
final class LowWater {
  /** Before the first place of every line: ranks begin at 0, so that no time is too early. */
  static final Mark START = new Mark((short) -1, OffsetDateTime.of(1970, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC), new UUID(0, 0));
  private static final long FORGET_AFTER_NANOS = 1_000_000_000L;
  private static final int REMEMBERED = 10_000;

  record Mark(short rank, OffsetDateTime runAfter, UUID id) {}

  private final Map<Integer, Mark> marks = new HashMap<>();
  private long since = System.nanoTime();

  /** Where to start in a line. */
  Mark of(int queueId) {
    if (System.nanoTime() - since > FORGET_AFTER_NANOS) {
      marks.clear();
      since = System.nanoTime();
    }
    return marks.getOrDefault(queueId, START);
  }

  /** The line was claimed up to here, in claim order. */
  void claimed(int queueId, Mark last) {
    if (marks.size() < REMEMBERED || marks.containsKey(queueId)) {
      marks.put(queueId, last);
    }
  }

  /** A claim found too little: something may stand below the mark. */
  void forget(int queueId) {
    marks.remove(queueId);
  }

  /** Jobs were put in. */
  void heard(ReadyHint hint) {
    var mark = marks.get(hint.queueId());
    if (mark != null && (hint.rank() == 0 || hint.rank() < mark.rank() || (hint.runAfter() != null && hint.runAfter().isBefore(mark.runAfter())))) {
      marks.remove(hint.queueId());
    }
  }
}
