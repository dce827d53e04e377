package io.agentbus.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ProofGateTest {
  private static final int MOST = 5;
  private static final int STRANGERS = 2 * WrongTokens.MOST_WAITING;
  private static final String PROXY = "192.0.2.1";

  private final ProofGate gate = new ProofGate(MOST);

  private ProblemCode forged(String address, Runnable before) {
    try {
      gate.check(address, () -> {
        before.run();
        throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "not proven");
      });
      return null;
    } catch (ProblemException refused) {
      return refused.code();
    }
  }

  @Test
  void what_fails_too_often_is_asked_to_wait_by_its_address() {
    for (var n = 0; n < MOST; n++) {
      assertThat(forged(PROXY, () -> { })).isEqualTo(ProblemCode.UNAUTHENTICATED);
    }
    assertThat(forged(PROXY, () -> { })).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
    assertThat(forged("192.0.2.2", () -> { })).isEqualTo(ProblemCode.UNAUTHENTICATED);
  }

  @Test
  void however_many_strangers_are_looked_at_a_proof_that_holds_waits_for_none_of_them() throws Exception {
    for (var n = 0; n < MOST; n++) {
      forged(PROXY, () -> { });
    }
    var begun = new AtomicInteger();
    var slow = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Future<ProblemCode>>();
      try {
        for (var n = 0; n < STRANGERS; n++) {
          answers.add(threads.submit(() -> forged(PROXY, () -> {
            begun.incrementAndGet();
            try {
              slow.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          })));
        }
        await().until(() -> begun.get() == STRANGERS);
        assertThat(gate.check(PROXY, () -> "proven")).isEqualTo("proven");
      } finally {
        slow.countDown();
      }
      for (var answer : answers) {
        assertThat(answer.get()).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
      }
    }
  }
}
