package io.agentbus.inbox;

import io.agentbus.op.Call;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes down what callers read of messages, for {@code audit_window}. */
@FunctionalInterface
public interface MessageReads {
  /**
   * @param namespace of the agent whose inbox it is
   * @param jobs the jobs that the messages come from
   * @param rows how many messages were answered
   */
  void note(Call call, String operation, @Nullable String namespace, List<UUID> jobs, int rows);
}
