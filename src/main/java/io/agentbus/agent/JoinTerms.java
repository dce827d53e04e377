package io.agentbus.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a join token lets its agent be. Kept with the agent's token too, so that the agent cannot give itself later what
 * it could not register with.
 *
 * @param tags the only tags; null = any
 * @param capabilities the only capabilities; null = any
 * @param concurrencyMax the highest limit of live leases; null = any, also none
 */
record JoinTerms(@Nullable List<String> tags, @Nullable List<String> capabilities, @Nullable Integer concurrencyMax) {
  static final JoinTerms NONE = new JoinTerms(null, null, null);

  static JoinTerms read(String json) {
    try {
      return Json.MAPPER.readValue(json, JoinTerms.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the settings of a token are no terms of a join token", e);
    }
  }

  String json() {
    try {
      return Json.MAPPER.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("terms of a join token could not be written", e);
    }
  }

  /** The tags the agent gets when it asks for these; {@code forbidden} when one is not among the terms. */
  @Nullable List<String> tags(@Nullable List<String> asked) {
    return within("/tags", "tag", asked, tags);
  }

  /** The same for capabilities. */
  @Nullable List<String> capabilities(@Nullable List<String> asked) {
    return within("/capabilities", "capability", asked, capabilities);
  }

  /**
   * The limit the agent gets.
   *
   * @param asked 0 = not limited; null = 1
   * @return 0 = not limited
   */
  int concurrency(@Nullable Integer asked) {
    var limit = asked == null ? 1 : asked;
    if (concurrencyMax != null && (limit == 0 || limit > concurrencyMax)) {
      throw refused("/concurrency", "the join token allows at most " + concurrencyMax + ", not "
          + (limit == 0 ? "0 (no limit)" : limit));
    }
    return limit;
  }

  private static @Nullable List<String> within(String pointer, String what, @Nullable List<String> asked,
      @Nullable List<String> allowed) {
    if (allowed == null || asked == null) {
      return asked == null ? allowed : asked.stream().distinct().toList();
    }
    for (var word : asked) {
      if (!allowed.contains(word)) {
        throw refused(pointer, "the join token does not allow the " + what + " '" + word + "'; it allows: "
            + String.join(", ", allowed));
      }
    }
    return asked.stream().distinct().toList();
  }

  private static ProblemException refused(String pointer, String why) {
    return ProblemException.of(ProblemCode.FORBIDDEN, pointer + ": " + why + ".");
  }
}
