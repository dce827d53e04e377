package io.agentbus.job;

import io.agentbus.op.Call;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes down what callers read of jobs, for {@code audit_window}. Must not wait. */
@FunctionalInterface
public interface JobReads {
  /** @param namespace of what was read, or null when it spans several */
  void note(Call call, String operation, @Nullable String namespace, List<UUID> jobs);
}
