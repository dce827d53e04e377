package io.agentbus.door.mcp.legacy;

import io.agentbus.door.mcp.wire.Outbox;
import io.agentbus.op.CallScope;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One request under way. It gets its answer or is cancelled, whichever comes first; losing the connection is neither, but
 * lets its waits end.
 */
final class RunningCall {
  private final Outbox outbox;
  private final CallScope scope = new CallScope();
  private final AtomicBoolean settled = new AtomicBoolean();

  RunningCall(Outbox outbox) {
    this.outbox = outbox;
  }

  CallScope scope() {
    return scope;
  }

  /** Whether nobody wants the answer. */
  boolean isCancelled() {
    return settled.get();
  }

  /** Answers, unless it was cancelled. @return whether it was answered */
  boolean answer(byte[] json, int status) {
    if (!settled.compareAndSet(false, true)) {
      return false;
    }
    outbox.answer(json, status);
    return true;
  }

  /** The client says that it wants no answer: there will be none. */
  void cancel() {
    if (settled.compareAndSet(false, true)) {
      outbox.withdraw();
    }
    scope.end();
  }

  /** Lets waits end, because nobody is there. */
  void abandon() {
    scope.end();
  }
}
