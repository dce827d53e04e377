package io.agentbus.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TimedCacheTest {
  private final AtomicInteger loads = new AtomicInteger();
  private final TimedCache<String, Integer> cache = new TimedCache<>(3, ignored -> Duration.ofMinutes(1));

  private int load() {
    return cache.get("key", ignored -> loads.incrementAndGet());
  }

  @Test
  void a_value_is_loaded_once_until_it_is_forgotten() {
    assertThat(load()).isEqualTo(1);
    assertThat(load()).isEqualTo(1);
    cache.forget();
    assertThat(load()).isEqualTo(2);
  }

  @Test
  void a_value_past_its_lifetime_is_loaded_again() {
    var brief = new TimedCache<String, Integer>(3, ignored -> Duration.ZERO);

    brief.get("key", ignored -> loads.incrementAndGet());
    brief.get("key", ignored -> loads.incrementAndGet());

    assertThat(loads).hasValue(2);
  }

  @Test
  void of_many_that_miss_one_loads_and_the_others_wait() throws InterruptedException {
    var began = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = executor.submit(() -> cache.get("key", ignored -> {
        began.countDown();
        awaitQuietly(release);
        return loads.incrementAndGet();
      }));
      began.await();
      var second = executor.submit(this::load);
      release.countDown();

      assertThat(second).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(1);
      assertThat(first).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(1);
    }
    assertThat(loads).hasValue(1);
  }

  @Test
  void what_was_being_loaded_when_all_was_forgotten_is_not_kept() {
    cache.get("key", ignored -> {
      cache.forget();
      return loads.incrementAndGet();
    });

    assertThat(load()).isEqualTo(2);
  }

  @Test
  void a_failure_is_thrown_and_not_kept() {
    assertThatThrownBy(() -> cache.get("key", ignored -> {
      throw new IllegalStateException("down");
    })).hasMessage("down");

    assertThat(load()).isEqualTo(1);
  }

  @Test
  void it_never_holds_more_than_its_limit() {
    for (var i = 0; i < 100; i++) {
      cache.get("key " + i, ignored -> loads.incrementAndGet());
    }
    assertThat(cache.size()).isLessThanOrEqualTo(3);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
