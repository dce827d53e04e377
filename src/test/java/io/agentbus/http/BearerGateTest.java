package io.agentbus.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BearerGateTest {
  private static final int BUDGET = 5;
  private static final String LOUD = "192.0.2.1";

  private final Set<String> valid = ConcurrentHashMap.newKeySet();
  private final AtomicInteger lookUps = new AtomicInteger();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private final WrongTokens wrong = new WrongTokens(BUDGET);
  private final BearerGate gate = new BearerGate(this::authenticate, wrong);
  private volatile CountDownLatch database = new CountDownLatch(0);

  private Caller authenticate(String token) {
    lookUps.incrementAndGet();
    mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    try {
      database.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      atOnce.decrementAndGet();
    }
    if (valid.contains(token)) {
      return new Caller(UUID.randomUUID(), token, null, List.of(NamespacePath.DEFAULT), EnumSet.of(Right.READ));
    }
    throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "The token is not valid.");
  }

  private void sendTooMany() {
    for (var i = 0; i < BUDGET; i++) {
      assertThat(code(LOUD, "first" + i)).isEqualTo(ProblemCode.UNAUTHENTICATED);
    }
  }

  private ProblemCode code(String address, String token) {
    try {
      gate.callerOf(address, token);
      return null;
    } catch (ProblemException e) {
      return e.code();
    }
  }

  @Test
  void a_good_token_gets_through_at_an_address_of_many_wrong_ones_even_when_it_was_never_seen() {
    valid.add("old");
    assertThat(gate.callerOf(LOUD, "old").name()).isEqualTo("old");
    sendTooMany();
    for (var i = 0; i < 100; i++) {
      assertThat(code(LOUD, "wrong" + i)).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
    }
    valid.add("new");
    assertThat(gate.callerOf(LOUD, "old").name()).isEqualTo("old");
    assertThat(gate.callerOf(LOUD, "new").name()).isEqualTo("new");
    assertThat(code(LOUD, null)).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
    assertThat(code("192.0.2.2", "wrong0")).as("another address").isEqualTo(ProblemCode.UNAUTHENTICATED);
  }

  @Test
  void the_refusal_says_when_to_come_back() {
    sendTooMany();
    assertThatThrownBy(() -> gate.callerOf(LOUD, "wrong")).isInstanceOfSatisfying(ProblemException.class, refusal ->
        assertThat((long) refusal.members().get(ProblemAnswer.RETRY_AFTER_SECONDS)).isBetween(1L, 60L));
  }

  @Test
  void a_wrong_token_said_again_and_again_is_not_looked_up_each_time() {
    sendTooMany();
    assertThat(code(LOUD, "stale")).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
    var before = lookUps.get();
    for (var i = 0; i < 100; i++) {
      assertThat(code(LOUD, "stale")).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
    }
    // What is known lasts two seconds, and a hundred refusals take a moment.
    assertThat(lookUps.get() - before).isLessThan(50);
  }

  @Test
  void a_token_that_was_good_hears_that_it_is_so_no_longer() {
    valid.add("old");
    gate.callerOf(LOUD, "old");
    sendTooMany();
    valid.remove("old");
    assertThat(code(LOUD, "old")).isEqualTo(ProblemCode.UNAUTHENTICATED);
    assertThat(code(LOUD, "old")).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
  }

  @Test
  void unknown_tokens_of_a_loud_address_are_looked_up_one_at_a_time_and_only_so_many_wait() throws Exception {
    valid.add("new");
    sendTooMany();
    database = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Future<ProblemCode>>();
      answers.add(threads.submit(() -> code(LOUD, "wrong")));
      await().until(() -> atOnce.get() == 1);
      answers.add(threads.submit(() -> code(LOUD, "new")));
      for (var i = 2; i <= WrongTokens.MOST_WAITING; i++) {
        var token = "wrong" + i;
        answers.add(threads.submit(() -> code(LOUD, token)));
      }
      await().until(() -> wrong.waiting(LOUD) == WrongTokens.MOST_WAITING);
      assertThat(code(LOUD, "one too many")).as("refused without waiting").isEqualTo(ProblemCode.LIMIT_EXCEEDED);
      mostAtOnce.set(0);
      database.countDown();
      assertThat(answers.remove(1).get()).as("the good one among them").isNull();
      for (var answer : answers) {
        assertThat(answer.get()).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
      }
      assertThat(mostAtOnce.get()).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void a_token_of_another_surface_that_was_good_is_welcome_however_many_unknown_ones_wait() throws Exception {
    assertThat(gate.<String>ofToken(LOUD, "of a source", token -> "source")).isEqualTo("source");
    sendTooMany();
    database = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        for (var i = 0; i <= WrongTokens.MOST_WAITING; i++) {
          var token = "wrong" + i;
          threads.submit(() -> code(LOUD, token));
        }
        await().until(() -> wrong.waiting(LOUD) == WrongTokens.MOST_WAITING);
        assertThat(gate.<String>ofToken(LOUD, "of a source", token -> "source")).isEqualTo("source");
        assertThatThrownBy(() -> gate.<String>ofToken(LOUD, "never seen", token -> "source")).isInstanceOfSatisfying(ProblemException.class,
            refused -> assertThat(refused.code()).isEqualTo(ProblemCode.LIMIT_EXCEEDED));
      } finally {
        database.countDown();
      }
    }
  }

  @Test
  void what_is_remembered_of_wrong_tokens_is_bounded() {
    for (var i = 0; i < 3 * WrongTokens.MOST_ADDRESSES; i++) {
      code("192.0.2." + i, "wrong" + i);
    }
    assertThat(wrong.size()).isLessThanOrEqualTo(WrongTokens.MOST_ADDRESSES + WrongTokens.MOST_DIGESTS);
  }
}
