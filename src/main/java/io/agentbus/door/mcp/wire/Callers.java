package io.agentbus.door.mcp.wire;

import io.agentbus.http.Exchange;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemException;
import java.time.Duration;
import java.util.function.Function;

/** Finds out who sends a request, and again while its stream goes on. Any thread. */
public final class Callers {
  private static final Duration USUAL_PACE = Duration.ofSeconds(15);

  private final Function<Exchange, Caller> find;
  private final Duration pace;

  /** @param find who sends a request; may wait; refuses with {@code unauthenticated} */
  public Callers(Function<Exchange, Caller> find) {
    this(find, USUAL_PACE);
  }

  /** @param pace how long a stream may go on before its token is looked at again */
  public Callers(Function<Exchange, Caller> find, Duration pace) {
    this.find = find;
    this.pace = pace;
  }

  /** Who sends the request. */
  public Caller of(Exchange exchange) {
    return find.apply(exchange);
  }

  /** Watches the token of a stream that begins now. */
  public Watch watch(Exchange exchange, Caller caller) {
    return new Watch(exchange, caller);
  }

  /** The token of one stream: a busy stream must not outlive it any more than a quiet one. One thread. */
  public final class Watch {
    private final Exchange exchange;
    private final Caller caller;
    private long lookedAt = System.nanoTime();

    private Watch(Exchange exchange, Caller caller) {
      this.exchange = exchange;
      this.caller = caller;
    }

    /** Whether the token stands for the same caller with the same rights; looks again when that was long ago. */
    public boolean isGood() {
      var now = System.nanoTime();
      if (now - lookedAt < pace.toNanos()) {
        return true;
      }
      lookedAt = now;
      try {
        return find.apply(exchange).equals(caller);
      } catch (ProblemException refused) {
        return false;
      }
    }
  }
}
