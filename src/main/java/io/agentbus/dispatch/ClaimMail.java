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
  /** A message bears the time at which its transaction began: one that is heard of now may be older by so much. */
  private static final Duration COMMIT = Duration.ofSeconds(2);

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

  /** Whether some that is urgent came since the claim began, whether or not anybody told of it. Virtual threads only. */
  boolean isUrgent() {
    if (hearing == null) {
      return false;
    }
    var since = Duration.ofNanos(System.nanoTime() - began);
    if (came) {
      // Before the look: what comes after it is for the next one.
      came = false;
      since = since.plus(COMMIT);
    }
    return urgent.came(call, since);
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
