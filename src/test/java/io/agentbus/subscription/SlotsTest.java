package io.agentbus.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.subscription.DeliveryStore.Claimed;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SlotsTest {
  private static final int MOST = 64;
  private final AtomicLong clock = new AtomicLong();
  private final Slots slots = new Slots(MOST, clock::get);

  private static Claimed delivery(Lane lane, String owner, @Nullable String host) {
    return new Claimed(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID(), 1, UUID.randomUUID(), 1, 0, 0, 0, false, owner, host, lane, Duration.ZERO);
  }

  private Room.Part room(Lane lane) {
    return new Room(MOST, slots.held()).of(lane);
  }

  /** Takes as long as the owner may. @return how many */
  private int takeAll(Lane lane, String owner, @Nullable String host) {
    var taken = 0;
    for (var room = room(lane); room.left() > 0 && !room.fullOwners().contains(owner) && (host == null || !room.fullHosts().contains(host)); room = room(lane)) {
      slots.take(delivery(lane, owner, host), 1);
      taken++;
    }
    return taken;
  }

  private int takeAllOf(Lane lane, int owners) {
    return IntStream.range(0, owners).map(i -> takeAll(lane, lane + "-" + i + "-" + clock.get(), null)).sum();
  }

  private void age() {
    clock.addAndGet(Slots.MOMENT.multipliedBy(2).toNanos());
  }

  @Test
  void one_owner_has_a_quarter_of_a_lane_and_no_more_when_what_it_has_grows_old() {
    assertThat(takeAll(Lane.UNPROVEN, "ann", null)).isEqualTo(8);
    assertThat(takeAll(Lane.QUICK, "ann", null)).as("its quick ones have some beside the others").isEqualTo(4);
    age();
    assertThat(takeAll(Lane.UNPROVEN, "ann", null) + takeAll(Lane.QUICK, "ann", null)).isZero();
    assertThat(takeAll(Lane.INNER, "ann", null)).isEqualTo(4);
  }

  @Test
  void quick_ones_that_slow_down_are_still_their_owners() {
    assertThat(takeAll(Lane.QUICK, "ann", null)).isEqualTo(12);
    for (var i = 0; i < 5; i++) {
      age();
      assertThat(takeAll(Lane.QUICK, "ann", null) + takeAll(Lane.UNPROVEN, "ann", null)).isZero();
    }
    assertThat(slots.slowed()).hasSize(12);
  }

  @Test
  void one_host_has_a_quarter_whoever_calls_it() {
    assertThat(takeAll(Lane.QUICK, "ann", "example.com") + takeAll(Lane.QUICK, "bob", "example.com")).isEqualTo(12);
    age();
    assertThat(takeAll(Lane.QUICK, "eve", "example.com")).isZero();
    assertThat(takeAll(Lane.QUICK, "eve", "example.org")).isPositive();
  }

  @Test
  void however_many_owners_are_slow_there_are_slots_for_the_quick_and_for_targets_within_the_bus() {
    for (var i = 0; i < 5; i++) {
      takeAllOf(Lane.UNPROVEN, 50);
      age();
    }
    assertThat(slots.held()).hasSize(32);
    for (var i = 0; i < 5; i++) {
      takeAllOf(Lane.QUICK, 50);
      age();
    }
    assertThat(slots.held()).as("also when the quick ones slow down").hasSize(48);
    assertThat(takeAllOf(Lane.INNER, 50)).isEqualTo(16);
  }

  @Test
  void an_owner_that_has_nothing_finds_slots_beside_a_few_that_have_all_they_may() {
    assertThat(takeAllOf(Lane.UNPROVEN, 3)).isLessThan(28);
    assertThat(takeAll(Lane.UNPROVEN, "ann", null)).isPositive();
  }

  @Test
  void the_smallest_nodes_have_slots_for_every_lane_alone() {
    for (var most = 1; most < 20; most++) {
      for (var lane : Lane.values()) {
        assertThat(lane.most(most)).isBetween(1, most);
        assertThat(lane.share(most)).isBetween(1, lane.most(most));
      }
    }
  }

  @Test
  void payloads_that_are_too_many_bytes_leave_no_room_until_they_are_gone() {
    var large = delivery(Lane.QUICK, "ann", null);
    slots.take(large, 40 << 20);
    assertThat(slots.bytesLeft()).isNegative();
    slots.free(large);
    assertThat(slots.bytesLeft()).isPositive();
    assertThat(slots.isEmpty()).isTrue();
  }

  @Test
  void what_waits_for_its_turn_is_not_slow() {
    var one = delivery(Lane.QUICK, "ann", null);
    slots.take(new Claimed(one.id(), one.subscriptionId(), one.lease(), 1, one.eventId(), 1, 0, 0, 0, false, "ann", null, Lane.QUICK, Duration.ofSeconds(5)), 1);
    age();
    assertThat(slots.slowed()).isEmpty();
    clock.addAndGet(Duration.ofSeconds(5).toNanos());
    assertThat(slots.slowed()).containsExactly(one.subscriptionId());
  }
}
