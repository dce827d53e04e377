package io.agentbus.dispatch;

import io.agentbus.inbox.MailWaits;
import io.agentbus.inbox.Message;
import io.agentbus.inbox.UrgentMail;
import io.agentbus.op.Call;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Mail that comes while a claim waits for work, which it ends when some that waits is urgent. What was there before ends nothing, or an agent that
 * does not read it could wait no more. It listens from before the first look for work to the end of the claim: what comes between two looks is
 * known at the next.
 */
final class ClaimMail implements AutoCloseable {
  private final UrgentMail urgent;
  private final Call call;
  private final long began = System.nanoTime();
  private final MailWaits.@Nullable Hearing hearing;
  private volatile boolean came;
  private volatile @Nullable Runnable leave;

  /** A look for work that mail ends; until it is closed. */
  interface Looking extends AutoCloseable {
    @Override
    void close();
  }

  /** @param mails where to listen; null = the claim does not wait */
  ClaimMail(UrgentMail urgent, @Nullable MailWaits mails, Call call) {
    this.urgent = urgent;
    this.call = call;
    var agentNo = call.caller().agentNo();
    this.hearing = mails == null || agentNo == null ? null : mails.hear(agentNo, this::heard);
  }

  /** Does this when mail comes from now on, and at once when some came since the last look at it. @param leave any thread; must not wait */
  Looking during(Runnable leave) {
    this.leave = leave;
    if (came) {
      leave.run();
    }
    return () -> this.leave = null;
  }

  /** Whether some came since the last look and some is urgent, or some urgent came of which nobody told. Virtual threads only. */
  boolean isUrgent() {
    if (hearing == null) {
      return false;
    }
    if (came) {
      // Before the look: what comes after it is for the next one.
      came = false;
      return !urgent.of(call, true).isEmpty();
    }
    return urgent.came(call, Duration.ofNanos(System.nanoTime() - began));
  }

  /** The urgent messages of whoever claims, for an answer without jobs; null when there are none. Virtual threads only. */
  @Nullable List<Message> waiting() {
    var waiting = urgent.of(call, true);
    return waiting.isEmpty() ? null : waiting;
  }

  @Override
  public void close() {
    if (hearing != null) {
      hearing.close();
    }
  }

  private void heard() {
    came = true;
    var now = leave;
    if (now != null) {
      now.run();
    }
  }
}
