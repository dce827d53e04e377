package io.agentbus.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StrangerBodiesTest {
  private final AtomicLong nanos = new AtomicLong(1_000);
  private final StrangerBodies bodies = new StrangerBodies(100, nanos::get);
  private final List<String> lost = new ArrayList<>();

  private StrangerBodies.Place place(String name) {
    return bodies.place(() -> lost.add(name));
  }

  private void pass(long time) {
    nanos.addAndGet(time);
  }

  @Test
  void all_together_hold_no_more_than_there_is() {
    var first = place("first");
    assertThat(first.take(60)).isTrue();
    assertThat(first.take(40)).isTrue();
    assertThat(first.take(1)).isFalse();
    assertThat(bodies.held()).isEqualTo(100);
    first.giveBack();
    first.giveBack();
    assertThat(bodies.held()).isZero();
    assertThat(first.take(1)).as("it is over").isFalse();
    assertThat(place("second").take(100)).isTrue();
  }

  @Test
  void bodies_that_hold_much_for_long_make_room_for_one_that_comes_in_fast() {
    var large = place("large");
    var small = place("small");
    large.take(75);
    small.take(25);
    pass(1_000);
    var fast = place("fast");
    pass(1);
    assertThat(fast.take(40)).isTrue();
    assertThat(lost).containsExactly("large");
    assertThat(large.take(1)).isFalse();
    assertThat(large.keep()).isFalse();
    large.giveBack();
    assertThat(bodies.held()).isEqualTo(65);
    assertThat(fast.keep()).isTrue();
  }

  @Test
  void a_large_one_that_comes_in_fast_gets_the_room_of_many_small_slow_ones() {
    for (var n = 0; n < 20; n++) {
      place("slow " + n).take(5);
    }
    pass(1_000);
    var large = place("large");
    for (var n = 0; n < 9; n++) {
      pass(1);
      assertThat(large.take(10)).isTrue();
    }
    assertThat(lost).hasSize(18).allMatch(name -> name.startsWith("slow"));
    assertThat(bodies.held()).isEqualTo(100);
  }

  @Test
  void one_that_holds_more_for_longer_than_any_other_gets_no_more_and_nobody_loses_a_place_for_it() {
    var slow = place("slow");
    slow.take(60);
    pass(1_000);
    place("fast").take(40);
    pass(1);
    assertThat(slow.take(10)).isFalse();
    assertThat(lost).isEmpty();
    assertThat(bodies.held()).isEqualTo(100);
  }

  @Test
  void a_body_that_is_whole_keeps_its_place_until_it_was_looked_at() {
    var whole = place("whole");
    whole.take(90);
    assertThat(whole.keep()).isTrue();
    pass(1_000);
    var slow = place("slow");
    slow.take(10);
    pass(1_000);
    assertThat(place("next").take(20)).isFalse();
    assertThat(lost).as("its room would not have been enough").isEmpty();
    whole.giveBack();
    assertThat(place("next").take(20)).isTrue();
  }
}
