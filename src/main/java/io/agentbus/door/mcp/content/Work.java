package io.agentbus.door.mcp.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One request while it is worked on. Runs within the {@link io.agentbus.op.CallScope} that ends when nobody waits for its
 * answer any more.
 */
public interface Work {
  Asker asker();

  /** What the request says beside its parameters; empty when nothing. */
  ObjectNode meta();

  /** The client's answers to what an earlier {@link Outcome.NeedsInput} asked, by its keys; empty when there are none. */
  ObjectNode answers();

  /** What that outcome wanted to be given back; null when nothing, and when there was none. */
  @Nullable JsonNode state();

  /** Whether {@link #progress} reaches anyone. */
  boolean wantsProgress();

  /**
   * Says how far the work is.
   *
   * @param done greater than the last time
   * @param total null when not known
   */
  void progress(double done, @Nullable Double total, @Nullable String message);

  /** Says something for whoever looks on, when the client wants that level. @param level one of syslog's, in lower case */
  void log(String level, JsonNode data);

  /** Lets the connection go where the client can come back for the answer; does nothing elsewhere. */
  void letGo();
}
