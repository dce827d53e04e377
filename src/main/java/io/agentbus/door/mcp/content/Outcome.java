package io.agentbus.door.mcp.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What came of a request. */
public sealed interface Outcome {
  /**
   * Says that nobody waited for it any more.
   *
   * @return whether something was given back for that reason, so that the outcome must not be told either
   */
  default boolean wasNotHeard() {
    if (this instanceof Done done && done.unheard() != null) {
      done.unheard().run();
      return true;
    }
    return false;
  }

  /**
   * It is done.
   *
   * @param result in the form of the method's result, the caller's to change
   * @param unheard gives back what was taken for the client when nobody waited for it any more; null when there is nothing
   *     to give back
   */
  record Done(ObjectNode result, @Nullable Runnable unheard) implements Outcome {
    /** Done, and well done also when nobody hears of it. */
    public Done(ObjectNode result) {
      this(result, null);
    }
  }

  /**
   * The client must be asked first, and the same request comes again with {@link Work#answers}.
   *
   * @param questions by key, each with {@code method} and {@code params}; only such as the client has declared
   * @param state comes again too, unseen and unchanged; null for none
   */
  record NeedsInput(Map<String, ObjectNode> questions, @Nullable JsonNode state) implements Outcome {}

  /** It goes on as a task that is kept already. Only for who {@link Asker#takesTasks}. @param task its {@code Task} object */
  record Began(ObjectNode task) implements Outcome {}
}
