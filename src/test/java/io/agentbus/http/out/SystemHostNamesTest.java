package io.agentbus.http.out;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SystemHostNamesTest {
  private static final InetAddress FOUND = InetAddress.ofLiteral("192.0.2.1");

  private final CountDownLatch silence = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();

  /** Name servers of which those of dead.example say nothing, and those of gone.example that there is no such name. */
  private InetAddress[] ask(String host) throws UnknownHostException {
    asked.incrementAndGet();
    if (host.endsWith("gone.example")) {
      throw new UnknownHostException(host + ": Name or service not known");
    }
    try {
      if (host.endsWith("dead.example") || host.startsWith("silent")) {
        silence.await();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return new InetAddress[] {FOUND};
  }

  private static <T> T result(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  private static Throwable failure(Future<?> future) {
    return ((CompletionException) catchThrowable(() -> result(future))).getCause();
  }

  @Test
  void names_of_this_machine_are_resolved_by_its_own_means() {
    try (var names = new SystemHostNames()) {
      assertThat(result(names.addresses("localhost"))).isNotEmpty().allMatch(InetAddress::isLoopbackAddress);
    }
  }

  @Test
  void who_asks_for_a_name_that_is_being_looked_up_gets_that_answer() {
    try (var names = new SystemHostNames(this::ask)) {
      var first = names.addresses("a.dead.example");
      var second = names.addresses("a.dead.example");
      silence.countDown();
      assertThat(List.of(result(first), result(second))).containsOnly(List.of(FOUND));
      assertThat(asked).hasValue(1);
      assertThat(result(names.addresses("a.dead.example"))).containsExactly(FOUND);
      assertThat(asked).as("what was looked up is not kept").hasValue(2);
    }
  }

  @Test
  void a_zone_whose_servers_are_silent_leaves_threads_to_others() {
    try (var names = new SystemHostNames(this::ask)) {
      var silent = new ArrayList<Future<List<InetAddress>>>();
      for (var n = 0; n < SystemHostNames.MOST_AT_ONCE / 2; n++) {
        silent.add(names.addresses("n" + n + ".dead.example"));
      }
      assertThat(failure(names.addresses("one-more.dead.example"))).isInstanceOf(HostNames.Busy.class);
      for (var n = 0; n < 2 * SystemHostNames.MOST_AT_ONCE; n++) {
        assertThat(result(names.addresses("n" + n + ".alive.example"))).containsExactly(FOUND);
      }
      silence.countDown();
      silent.forEach(one -> assertThat(result(one)).containsExactly(FOUND));
      await().untilAsserted(() -> assertThat(result(names.addresses("one-more.dead.example"))).containsExactly(FOUND));
    }
  }

  @Test
  void some_silent_names_under_a_suffix_of_many_do_not_keep_the_others_under_it_waiting() {
    try (var names = new SystemHostNames(this::ask)) {
      for (var n = 0; n < SystemHostNames.MOST_AT_ONCE / 3; n++) {
        names.addresses("silent-" + n + ".co.example");
      }
      assertThat(result(names.addresses("www.co.example"))).containsExactly(FOUND);
      silence.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {": Temporary failure in name resolution", ": Non-recoverable failure in name resolution", ": Try again", ": System error", "",
      ": Der Name konnte nicht aufgel\u00f6st werden"})
  void a_failure_that_is_no_word_on_the_name_is_told_apart_from_one_that_is(String reason) {
    try (var names = new SystemHostNames(host -> {
      throw new UnknownHostException(host + reason);
    })) {
      assertThat(failure(names.addresses("not known.example"))).isInstanceOf(HostNames.Silent.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {": Name or service not known", ": No address associated with hostname", ": nodename nor servname provided, or not known",
      ": Name does not resolve"})
  void that_there_is_no_such_name_is_told_as_such(String reason) {
    try (var names = new SystemHostNames(host -> {
      throw new UnknownHostException(host + reason);
    })) {
      assertThat(failure(names.addresses("gone.example"))).isInstanceOf(UnknownHostException.class);
    }
  }

  @Test
  void with_every_thread_waiting_a_further_name_is_told_apart_from_one_that_is_not_known() {
    try (var names = new SystemHostNames(this::ask)) {
      for (var n = 0; n < SystemHostNames.MOST_AT_ONCE; n++) {
        names.addresses("a." + n + "dead.example");
      }
      // Each of those ends in a label of its own before the last, and so is a zone.
      assertThat(failure(names.addresses("www.alive.example"))).isInstanceOf(HostNames.Busy.class);
      silence.countDown();
      await().untilAsserted(() -> assertThat(failure(names.addresses("www.gone.example"))).isInstanceOf(UnknownHostException.class));
    }
  }
}
