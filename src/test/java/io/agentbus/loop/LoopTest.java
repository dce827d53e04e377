package io.agentbus.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoopTest {
  private static final Duration NEVER = Duration.ofHours(1);

  private final AtomicInteger runs = new AtomicInteger();

  @Test
  void it_runs_at_once_and_again_after_the_pause() {
    var loop = Loop.every("test", Duration.ofMillis(1), runs::incrementAndGet).start();
    await().until(() -> runs.get() >= 3);
    assertThat(loop.lastRun()).isNotNull();
    loop.stop().await();
    var after = runs.get();
    loop.wake();
    assertThat(runs.get()).isEqualTo(after);
  }

  @Test
  void wake_ups_during_a_run_become_one_further_run_that_does_not_overlap() throws InterruptedException {
    var inside = new AtomicInteger();
    var overlaps = new AtomicInteger();
    var entered = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var loop = Loop.every("test", NEVER, () -> {
      if (inside.incrementAndGet() > 1) {
        overlaps.incrementAndGet();
      }
      entered.countDown();
      uninterrupted(go);
      inside.decrementAndGet();
      runs.incrementAndGet();
    }).start();
    entered.await();
    for (var i = 0; i < 100; i++) {
      loop.wake();
    }
    go.countDown();
    await().until(() -> runs.get() == 2);
    loop.stop().await();
    assertThat(runs).hasValue(2);
    assertThat(overlaps).hasValue(0);
  }

  @Test
  void it_survives_a_body_that_throws_and_counts_it() {
    var loop = Loop.every("test", Duration.ofMillis(1), () -> {
      if (runs.incrementAndGet() <= 2) {
        throw new IllegalStateException("meant");
      }
    }).start();
    await().until(() -> loop.lastRun() != null);
    loop.stop().await();
    assertThat(loop.failures()).isEqualTo(2);
  }

  @Test
  void a_body_that_interrupts_its_thread_does_not_make_it_spin() {
    var loop = Loop.every("test", NEVER, () -> {
      runs.incrementAndGet();
      Thread.currentThread().interrupt();
    }).start();
    await().until(() -> loop.lastRun() != null);
    loop.wake();
    await().until(() -> runs.get() == 2);
    loop.stop().await();
    assertThat(runs).hasValue(2);
  }

  @Test
  void stop_waits_for_the_run_under_way() throws InterruptedException {
    var entered = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var loop = Loop.every("test", NEVER, () -> {
      entered.countDown();
      uninterrupted(go);
      runs.incrementAndGet();
    }).start();
    entered.await();
    var stopped = loop.stop();
    assertThat(stopped.isComplete()).isFalse();
    go.countDown();
    stopped.await();
    assertThat(runs).hasValue(1);
  }

  @Test
  void a_paced_body_says_when_it_runs_next() {
    var loop = Loop.paced("test", NEVER, () -> runs.incrementAndGet() < 5 ? Duration.ZERO : NEVER).start();
    await().until(() -> runs.get() == 5);
    loop.stop().await();
    assertThat(runs).hasValue(5);
  }

  @Test
  void one_that_never_started_stops_at_once_and_none_starts_twice() {
    var loop = Loop.every("test", NEVER, runs::incrementAndGet);
    loop.stop().await();
    assertThatThrownBy(loop::start).isInstanceOf(IllegalStateException.class);
    assertThat(runs).hasValue(0);
  }

  private static void uninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
