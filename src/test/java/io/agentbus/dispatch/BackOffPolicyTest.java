package io.agentbus.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackOffPolicyTest {
  private final BackOffPolicy policy = new BackOffPolicy(1_000, 60_000);

  @Test
  void a_pause_doubles_with_each_failure_up_to_the_cap_and_is_never_less_than_half() {
    assertThat(policy.after(1, 0)).isEqualTo(Duration.ofMillis(500));
    assertThat(policy.after(1, 1)).isEqualTo(Duration.ofSeconds(1));
    assertThat(policy.after(4, 0.5)).isEqualTo(Duration.ofSeconds(6));
    assertThat(policy.after(7, 0)).isEqualTo(Duration.ofSeconds(30));
    assertThat(policy.after(1_000_000, 1)).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void failures_of_one_moment_count_once_and_an_admission_forgets_them() {
    var patience = new Patience(new BackOffPolicy(10_000, 80_000));
    var first = patience.failed();
    for (var i = 0; i < 20; i++) {
      assertThat(patience.failed()).isLessThanOrEqualTo(first);
    }
    assertThat(patience.failing()).isTrue();
    assertThat(patience.left()).isPositive();
    patience.admitted();
    assertThat(patience.failing()).isFalse();
    assertThat(patience.left()).isNegative();
    assertThat(patience.failed()).isLessThanOrEqualTo(Duration.ofSeconds(10));
  }
}
