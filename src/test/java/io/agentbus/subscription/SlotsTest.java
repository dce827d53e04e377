package io.agentbus.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.subscription.DeliveryStore.Claimed;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SlotsTest {
  private final Slots slots = new Slots(64);

  private static Claimed delivery(String owner, @Nullable String host) {
    return new Claimed(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID(), 1, UUID.randomUUID(), 1, 0, 0, 0, false, owner, host, 1);
  }

  /** Takes as long as the owner may. */
  private int takeAll(String owner, @Nullable String host) {
    var taken = new ArrayList<Claimed>();
    while (slots.lane(false).room() > 0 && !List.of(slots.lane(false).fullOwners()).contains(owner)
        && (host == null || !List.of(slots.lane(false).fullHosts()).contains(host))) {
      taken.add(delivery(owner, host));
      slots.take(taken.getLast(), 1);
    }
    return taken.size();
  }

  @Test
  void one_owner_comes_to_half_of_the_slots_and_each_further_one_to_its_part_of_the_rest() {
    assertThat(takeAll("ann", null)).isEqualTo(32);
    assertThat(takeAll("bob", null)).isEqualTo(16);
    assertThat(takeAll("eve", null)).isEqualTo(8);
    assertThat(slots.lane(false).room()).isEqualTo(8);
  }

  @Test
  void one_host_comes_to_half_of_them_whoever_calls_it() {
    assertThat(takeAll("ann", "example.com") + takeAll("bob", "example.com")).isEqualTo(32);
    assertThat(takeAll("eve", "example.org")).isEqualTo(16);
  }

  @Test
  void payloads_that_are_too_many_bytes_leave_no_room_until_they_are_gone() {
    var large = delivery("ann", null);
    slots.take(large, 40 << 20);
    assertThat(slots.lane(false).room()).isZero();
    slots.free(large);
    assertThat(slots.lane(false).room()).isEqualTo(64);
  }

  @Test
  void what_was_quick_is_not_in_the_slow_lane() {
    var quick = delivery("ann", null);
    slots.take(quick, 1);
    assertThat(slots.lane(false).owners()).containsEntry("ann", 1);
    slots.free(quick);
    assertThat(slots.lane(true).slow()).isEmpty();
    assertThat(slots.lane(true).room()).isEqualTo(32);
  }
}
