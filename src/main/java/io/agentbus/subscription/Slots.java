package io.agentbus.subscription;

import io.agentbus.subscription.DeliveryStore.Claimed;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * What one node has under way: so many deliveries, with so many bytes of payloads. A webhook that takes longer than a moment is no quick one,
 * whatever it was when it was taken: it counts among those from then on. Any thread.
 */
final class Slots {
  /** What takes longer is slow. */
  static final Duration MOMENT = Duration.ofSeconds(1);
  /** So many bytes of payloads are held for deliveries under way, but for those of one claim. */
  private static final long BYTES = 32 << 20;

  private record Taken(Claimed delivery, int bytes, long at) {
    Lane lane(long now) {
      var slow = delivery.lane() == Lane.QUICK && now - at > MOMENT.plus(delivery.turn()).toNanos();
      return slow ? Lane.UNPROVEN : delivery.lane();
    }
  }

  private final int most;
  private final LongSupplier nanos;
  private final Map<UUID, Taken> taken = new HashMap<>();

  /** @param nanos a clock, such as {@code System::nanoTime} */
  Slots(int most, LongSupplier nanos) {
    this.most = most;
    this.nanos = nanos;
  }

  int most() {
    return most;
  }

  synchronized void take(Claimed delivery, int bytes) {
    taken.put(delivery.id(), new Taken(delivery, bytes, nanos.getAsLong()));
  }

  synchronized void free(Claimed delivery) {
    taken.remove(delivery.id());
  }

  synchronized boolean isEmpty() {
    return taken.isEmpty();
  }

  /** Bytes of payloads for which there is room. */
  synchronized long bytesLeft() {
    return BYTES - taken.values().stream().mapToLong(Taken::bytes).sum();
  }

  /** What is under way, each in the lane that it is in now. */
  synchronized List<Room.Held> held() {
    var now = nanos.getAsLong();
    return taken.values().stream().map(one -> new Room.Held(one.lane(now), one.delivery().owner(), one.delivery().host())).toList();
  }

  /** Subscriptions that were quick and have something under way that is not. */
  synchronized UUID[] slowed() {
    var now = nanos.getAsLong();
    return taken.values().stream().filter(one -> one.lane(now) != one.delivery().lane()).map(one -> one.delivery().subscriptionId()).distinct()
        .toArray(UUID[]::new);
  }
}
