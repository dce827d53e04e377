package io.agentbus.webhook.in.scheme;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a proven request says. */
public sealed interface Told {
  /** Facts to be kept, all or none; at least one. */
  record Facts(List<Fact> facts) implements Told {
    static Facts one(@Nullable String id, String type, JsonNode payload) {
      return new Facts(List.of(new Fact(id, type, payload)));
    }
  }

  /** A question that is answered at once and leaves nothing behind. @param text to be sent back */
  record Challenge(String text) implements Told {}

  /**
   * One fact.
   *
   * @param id the sender's, the same for each time it is sent; null = it has none
   * @param type in the sender's words, such as {@code pull_request.opened}
   * @param payload any JSON
   */
  record Fact(@Nullable String id, String type, JsonNode payload) {}
}
