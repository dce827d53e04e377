package io.agentbus.subscription;

import io.agentbus.agent.Directory;
import io.agentbus.bus.Messages;
import io.agentbus.inbox.Inbox;
import io.agentbus.job.Jobs;
import org.jspecify.annotations.Nullable;

/** Where deliveries can go. */
public final class Targets {
  private final InboxTarget inbox;
  private final JobTarget job;
  private final BusTarget bus;
  private final WebhookTarget webhook;

  /** @param payloadMax most bytes of what a template fills */
  public Targets(Inbox inbox, Directory directory, Jobs jobs, Messages messages, WebhookTarget webhook, int payloadMax) {
    this.inbox = new InboxTarget(inbox, directory, payloadMax);
    this.job = new JobTarget(jobs, payloadMax);
    this.bus = new BusTarget(messages);
    this.webhook = webhook;
  }

  InboxTarget inbox() {
    return inbox;
  }

  /** The target that is written to within the bus's own transactions; null for the others. */
  @Nullable InnerTarget inner(Target target) {
    return switch (target) {
      case INBOX -> inbox;
      case JOB -> job;
      case WEBHOOK, BUS, SSE -> null;
    };
  }

  BusTarget bus() {
    return bus;
  }

  WebhookTarget webhook() {
    return webhook;
  }
}
