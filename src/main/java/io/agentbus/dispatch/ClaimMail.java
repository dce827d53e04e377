package io.agentbus.dispatch;

import io.agentbus.inbox.Message;
import io.agentbus.inbox.UrgentMail;
import io.agentbus.op.Call;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Mail that comes while a claim waits for work, which it ends when some that waits is urgent. What was there before ends nothing, or an agent that
 * does not read it could wait no more.
 */
final class ClaimMail {
  private final UrgentMail urgent;
  private final Call call;
  private final AtomicBoolean came = new AtomicBoolean();
  private @Nullable List<Message> found;

  ClaimMail(UrgentMail urgent, Call call) {
    this.urgent = urgent;
    this.call = call;
  }

  /** For who hears of the agent's mail: notes that some came, then does this. Any thread. */
  Runnable then(Runnable leave) {
    return () -> {
      came.set(true);
      leave.run();
    };
  }

  /** Whether some came since the last look and some is urgent. Virtual threads only. */
  boolean isUrgent() {
    if (!came.getAndSet(false)) {
      return false;
    }
    var waiting = urgent.of(call, true);
    found = waiting.isEmpty() ? null : waiting;
    return found != null;
  }

  /** The urgent messages that ended the claim; null when it ended otherwise. */
  @Nullable List<Message> found() {
    return found;
  }
}
