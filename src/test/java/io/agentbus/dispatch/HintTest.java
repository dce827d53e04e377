package io.agentbus.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HintTest {
  private final Hint hint = new Hint(1);

  @Test
  void it_is_handed_on_when_the_last_that_it_woke_can_take_nothing() {
    hint.wakes(1);
    hint.wakes(2);
    assertThat(hint.passedOn()).isFalse();
    assertThat(hint.passedOn()).isTrue();
    assertThat(hint.passed(1)).isTrue();
    assertThat(hint.passed(3)).isFalse();
  }

  @Test
  void it_ends_with_the_first_that_looks() {
    hint.wakes(1);
    hint.wakes(2);
    hint.followed();
    assertThat(hint.passedOn()).isFalse();
    assertThat(hint.passedOn()).isFalse();
  }

  @Test
  void it_wakes_more_each_time_up_to_a_bound() {
    assertThat(hint.next()).isEqualTo(2);
    assertThat(hint.next()).isEqualTo(4);
    for (var i = 0; i < 100; i++) {
      hint.next();
    }
    assertThat(hint.next()).isEqualTo(64);
  }
}
