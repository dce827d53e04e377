package io.agentbus.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static final RetryPolicy POLICY = new RetryPolicy(List.of(Duration.ofSeconds(5), Duration.ofMinutes(5)), 0.2);
  private final Random random = new Random(7);

  @Test
  void delays_follow_the_schedule_within_the_jitter_and_then_end() {
    for (var i = 0; i < 200; i++) {
      assertThat(POLICY.after(1, null, random)).isBetween(Duration.ofMillis(4_000), Duration.ofMillis(6_000));
      assertThat(POLICY.after(2, null, random)).isBetween(Duration.ofSeconds(240), Duration.ofSeconds(360));
    }
    assertThat(POLICY.after(3, null, random)).isNull();
    assertThat(POLICY.after(3, Duration.ofSeconds(1), random)).isNull();
  }

  @Test
  void what_a_target_asks_for_is_kept_between_the_delay_and_twice_that_and_not_brought_forward() {
    for (var i = 0; i < 200; i++) {
      assertThat(POLICY.after(1, Duration.ofSeconds(1), random)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6));
      assertThat(POLICY.after(1, Duration.ofSeconds(7), random)).isBetween(Duration.ofSeconds(7), Duration.ofMillis(8_400));
      assertThat(POLICY.after(1, Duration.ofHours(7), random)).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(12));
    }
  }

  @Test
  void those_that_were_asked_to_wait_together_do_not_come_back_together() {
    for (var asked : List.of(Duration.ofSeconds(1), Duration.ofSeconds(7), Duration.ofHours(7))) {
      assertThat(Stream.generate(() -> POLICY.after(1, asked, random)).limit(20).distinct()).as("asked for " + asked).hasSizeGreaterThan(10);
    }
  }

  @Test
  void a_schedule_that_cannot_be_is_refused() {
    assertThatThrownBy(() -> new RetryPolicy(List.of(Duration.ofSeconds(-1)), 0.1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RetryPolicy(List.of(), 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
