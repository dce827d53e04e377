package io.agentbus.subscription;

import io.agentbus.subscription.DeliveryStore.Claimed;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one node has under way: so many deliveries, with so many bytes of payloads, in two lanes. What takes longer than a moment is in the
 * slow lane, which has half of the slots, and so are the subscriptions whose last delivery did: however many endpoints are slow, those that are
 * quick have slots. Within a lane no owner and no host may have more than are free, so that there is one for those that have none. Any thread.
 */
final class Slots {
  /** What takes longer is slow. */
  static final Duration MOMENT = Duration.ofSeconds(1);
  /** So many bytes of payloads are held for deliveries under way, but for those of one claim. */
  private static final long BYTES = 32 << 20;
  /** Subscriptions known to be slow; the longest known are forgotten for more. */
  private static final int KNOWN = 10_000;

  private record Taken(UUID subscription, String owner, @Nullable String host, int bytes, long at) {
    boolean isOld(long now) {
      return now - at > MOMENT.toNanos();
    }
  }

  /**
   * What may be taken into a lane.
   *
   * @param slow the subscriptions known to be slow
   * @param owners how many slots of the lane each has
   * @param most how many one may have
   */
  record Lane(boolean isSlow, UUID[] slow, int room, Map<String, Integer> owners, Map<String, Integer> hosts, int most) {
    String[] fullOwners() {
      return full(owners);
    }

    String[] fullHosts() {
      return full(hosts);
    }

    static String[] names(Map<String, Integer> counts) {
      return counts.keySet().toArray(String[]::new);
    }

    static Integer[] counts(Map<String, Integer> counts) {
      return counts.values().toArray(Integer[]::new);
    }

    private String[] full(Map<String, Integer> counts) {
      return counts.entrySet().stream().filter(entry -> entry.getValue() >= most).map(Map.Entry::getKey).toArray(String[]::new);
    }
  }

  private final int most;
  private final Map<UUID, Taken> taken = new HashMap<>();
  private final Map<UUID, Boolean> slow = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<UUID, Boolean> eldest) {
      return size() > KNOWN;
    }
  };

  Slots(int most) {
    this.most = most;
  }

  synchronized void take(Claimed delivery, int bytes) {
    taken.put(delivery.id(), new Taken(delivery.subscriptionId(), delivery.owner(), delivery.host(), bytes, System.nanoTime()));
  }

  synchronized void free(Claimed delivery) {
    var had = taken.remove(delivery.id());
    if (had != null && had.isOld(System.nanoTime())) {
      slow.put(had.subscription(), true);
    } else {
      slow.remove(delivery.subscriptionId());
    }
  }

  synchronized boolean isEmpty() {
    return taken.isEmpty();
  }

  /** Bytes of payloads for which there is room. */
  synchronized long bytesLeft() {
    return BYTES - taken.values().stream().mapToLong(Taken::bytes).sum();
  }

  /** What may be taken into one of the lanes now. */
  synchronized Lane lane(boolean isSlow) {
    var now = System.nanoTime();
    taken.values().stream().filter(one -> one.isOld(now)).forEach(one -> slow.put(one.subscription(), true));
    Predicate<Taken> here = one -> slow.containsKey(one.subscription()) == isSlow;
    var owners = new HashMap<String, Integer>();
    var hosts = new HashMap<String, Integer>();
    var count = 0;
    for (var one : taken.values()) {
      if (here.test(one)) {
        count++;
        owners.merge(one.owner(), 1, Integer::sum);
        if (one.host() != null) {
          hosts.merge(one.host(), 1, Integer::sum);
        }
      }
    }
    var free = bytesLeft() > 0 ? most - taken.size() : 0;
    var room = isSlow ? Math.min(free, Math.max(1, most / 2) - count) : free;
    return new Lane(isSlow, slow.keySet().toArray(UUID[]::new), Math.max(room, 0), owners, hosts, Math.max(1, room));
  }
}
