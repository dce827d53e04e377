package io.agentbus.bus;

import io.agentbus.op.CallScope;
import io.agentbus.problem.ProblemException;
import io.vertx.core.MultiMap;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request from the event bus.
 *
 * @param headers as sent; names in any case
 * @param body as sent, of any type that Vert.x carries
 * @param requestId for logs and answers
 * @param scope ends when the caller waits no more or the node stops
 */
public record Request(MultiMap headers, @Nullable Object body, String requestId, CallScope scope) {
  /** What Vert.x waits for a reply when nobody says otherwise. */
  static final Duration USUAL_PATIENCE = Duration.ofMillis(DeliveryOptions.DEFAULT_TIMEOUT);
  private static final int LONGEST_NUMBER = 10;

  /**
   * For how long work for this message may wait: as long as the caller, less what an answer needs on its way.
   *
   * @throws ProblemException {@code invalid_input} when the header {@code timeout} is no number of milliseconds
   */
  static Duration patienceOf(Message<?> message) {
    var given = message.headers().get(RequestHeaders.TIMEOUT);
    var patience = given == null ? USUAL_PATIENCE : Duration.ofMillis(millisIn(given.strip()));
    var onItsWay = Math.clamp(patience.toMillis() / 10, 20, 1_000);
    return Duration.ofMillis(Math.max(1, patience.toMillis() - onItsWay));
  }

  private static long millisIn(String text) {
    if (text.isEmpty() || text.length() > LONGEST_NUMBER || !text.chars().allMatch(c -> c >= '0' && c <= '9') || Long.parseLong(text) == 0) {
      throw ProblemException.invalid("", "The header " + RequestHeaders.TIMEOUT + " is not a number of milliseconds from 1 on.");
    }
    return Long.parseLong(text);
  }
}
