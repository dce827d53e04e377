package io.agentbus.bus;

import java.util.LinkedHashMap;
import java.util.Map;

/** Which hints of other nodes came over the event bus, so that those of a NOTIFY that tells the same are passed over. Thread-safe. */
final class HeardHints {
  /** Nodes remembered; of another one the NOTIFY is heard too, which does no harm. */
  private static final int MOST_NODES = 100;

  /** @param after number before the first @param upTo number of the last; all between were heard */
  private record Stretch(long after, long upTo) {
    Stretch then(Stretch next) {
      return next.after == upTo ? new Stretch(after, next.upTo) : next;
    }
  }

  private final Map<String, Stretch> byNode = new LinkedHashMap<>(16, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Stretch> eldest) {
      return size() > MOST_NODES;
    }
  };

  /** Remembers a stretch that came over the event bus. One that does not follow on the last begins anew: some were lost between. */
  synchronized void heard(String node, long after, long upTo) {
    byNode.merge(node, new Stretch(after, upTo), Stretch::then);
  }

  /** Whether all of a stretch were heard. */
  synchronized boolean covers(String node, long after, long upTo) {
    var heard = byNode.get(node);
    return heard != null && after < upTo && heard.after <= after && upTo <= heard.upTo;
  }
}
