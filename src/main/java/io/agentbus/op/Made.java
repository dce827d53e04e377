package io.agentbus.op;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An output that can itself tell what a door says of it beside the answer, so that nobody looks through the JSON for it. */
public interface Made {
  /** Id of the thing that was made, or was there before. */
  UUID id();

  /** Whether it was there before; null where nobody asked. */
  @Nullable Boolean duplicate();
}
