package io.agentbus.job;

import io.agentbus.event.EmitEvent;
import io.agentbus.inbox.Notify;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the verbs that end an attempt share: which attempt, and what else is written in the same commit. */
public sealed interface Closing permits CompleteJob, BlockJob, FailJob {
  UUID jobId();

  Long fence();

  @Nullable List<EnqueueJob> followUps();

  @Nullable List<EmitEvent> events();

  @Nullable List<Notify> messages();

  /** Whether nothing but the attempt is written, so that it may share a batch with others. */
  default boolean alone() {
    return (followUps() == null || followUps().isEmpty()) && (events() == null || events().isEmpty())
        && (messages() == null || messages().isEmpty());
  }
}
