package io.agentbus.event;

import io.agentbus.op.Call;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes down what callers read of events, for {@code audit_window}. */
@FunctionalInterface
public interface EventReads {
  /**
   * @param namespace of what was read, or null when it spans several
   * @param jobs the jobs that the events come from
   * @param rows how many events were answered
   */
  void note(Call call, String operation, @Nullable String namespace, List<UUID> jobs, int rows);
}
