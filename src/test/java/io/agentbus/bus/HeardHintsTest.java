package io.agentbus.bus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeardHintsTest {
  private final HeardHints heard = new HeardHints();

  @Test
  void what_came_over_the_bus_in_pieces_covers_what_a_notify_tells_at_once() {
    heard.heard("one", 0, 3);
    heard.heard("one", 3, 4);
    heard.heard("one", 4, 9);
    assertThat(heard.covers("one", 0, 9)).isTrue();
    assertThat(heard.covers("one", 2, 5)).isTrue();
    assertThat(heard.covers("one", 0, 10)).as("the last is missing").isFalse();
    assertThat(heard.covers("two", 0, 9)).as("another node").isFalse();
  }

  @Test
  void a_hint_that_was_lost_on_the_bus_is_heard_by_its_notify() {
    heard.heard("one", 0, 3);
    heard.heard("one", 4, 9);
    assertThat(heard.covers("one", 3, 4)).isFalse();
    assertThat(heard.covers("one", 4, 9)).isTrue();
  }

  @Test
  void a_notify_without_numbers_or_with_more_to_come_is_heard() {
    heard.heard("one", 0, 3);
    assertThat(heard.covers("one", 0, 0)).isFalse();
    assertThat(heard.covers("one", 2, 2)).isFalse();
  }

  @Test
  void nodes_are_forgotten_in_time() {
    for (var i = 0; i <= 100; i++) {
      heard.heard("node-" + i, 0, 1);
    }
    assertThat(heard.covers("node-0", 0, 1)).isFalse();
    assertThat(heard.covers("node-1", 0, 1)).isTrue();
  }
}
