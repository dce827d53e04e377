package io.agentbus.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class BatcherTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Vertx vertx = Vertx.vertx();
  private final List<List<Integer>> flushed = new CopyOnWriteArrayList<>();

  @AfterAll
  static void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private Batcher<Integer, String> batcher(Function<List<Integer>, Future<List<String>>> flush) {
    return new Batcher<>(vertx.getOrCreateContext(), "try", 100, 1_000, 1, items -> {
      flushed.add(items);
      return flush.apply(items);
    });
  }

  private static CompletableFuture<String> asked(Future<String> answer) {
    return answer.toCompletionStage().toCompletableFuture();
  }

  private static Future<List<String>> answers(int many) {
    return Future.succeededFuture(IntStream.range(0, many).mapToObj(Integer::toString).toList());
  }

  @Test
  void what_gathers_while_a_flush_is_under_way_shares_the_next() {
    var first = Promise.<List<String>>promise();
    var batcher = batcher(items -> items.contains(0) ? first.future() : answers(items.size()));
    var one = asked(batcher.submit(0));
    var others = batcher.submitAll(List.of(1, 2, 3)).stream().map(BatcherTest::asked).toList();
    first.complete(List.of("zero"));
    assertThat(one).succeedsWithin(SOON).isEqualTo("zero");
    others.forEach(other -> assertThat(other).succeedsWithin(SOON));
    assertThat(flushed).containsExactly(List.of(0), List.of(1, 2, 3));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 4})
  void a_flush_with_too_few_or_too_many_answers_leaves_nobody_waiting(int many) {
    var wrong = new boolean[] {true};
    var batcher = batcher(items -> answers(wrong[0] ? many : items.size()));
    var waiting = batcher.submitAll(List.of(1, 2, 3)).stream().map(BatcherTest::asked).toList();
    for (var one : waiting) {
      assertThat(one).failsWithin(SOON).withThrowableThat().havingCause()
          .withMessage("the flush of try gave " + many + " answers to 3 requests");
    }
    wrong[0] = false;
    assertThat(asked(batcher.submit(4))).as("it goes on").succeedsWithin(SOON);
  }

  @Test
  void a_flush_that_throws_or_gives_nothing_leaves_nobody_waiting() {
    var calls = new ArrayList<Integer>();
    var batcher = batcher(items -> {
      calls.add(items.size());
      return switch (calls.size()) {
        case 1 -> throw new IllegalStateException("thrown");
        case 2 -> null;
        case 3 -> Future.succeededFuture(null);
        default -> answers(items.size());
      };
    });
    for (var failing = 0; failing < 3; failing++) {
      assertThat(asked(batcher.submit(failing))).failsWithin(SOON);
    }
    assertThat(asked(batcher.submit(3))).succeedsWithin(SOON);
  }

  @Test
  void one_more_than_may_wait_is_refused() {
    var never = Promise.<List<String>>promise();
    var batcher = new Batcher<Integer, String>(vertx.getOrCreateContext(), "try", 1, 2, 1, items -> never.future());
    var answers = batcher.submitAll(List.of(1, 2, 3, 4)).stream().map(BatcherTest::asked).toList();
    assertThat(answers.get(2)).failsWithin(SOON).withThrowableThat().havingCause().isInstanceOfSatisfying(ProblemException.class,
        refusal -> assertThat(refusal.code()).isEqualTo(ProblemCode.LIMIT_EXCEEDED));
    never.complete(List.of("done"));
  }
}
