package io.agentbus.memorybus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.problem.FieldError;
import io.agentbus.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What may be kept: the limits of ai-memory, beyond what a schema can say. */
final class MemoryText {
  static final int TITLE = 512;
  static final int CONTENT_BYTES = 65_536;
  static final int TAGS = 50;
  static final int TAG = 128;
  static final int METADATA_BYTES = 65_536;
  private static final int METADATA_DEPTH = 32;

  private MemoryText() {}

  /** Refuses with all that is wrong; null fields are not given and so not wrong. */
  static void check(@Nullable String title, @Nullable String content, @Nullable List<String> tags, @Nullable ObjectNode metadata) {
    var errors = new ArrayList<FieldError>();
    add(errors, "/title", text(title));
    add(errors, "/content", text(content));
    if (content != null && content.getBytes(StandardCharsets.UTF_8).length > CONTENT_BYTES) {
      errors.add(new FieldError("/content", "must be at most " + CONTENT_BYTES + " bytes of UTF-8"));
    }
    for (var i = 0; tags != null && i < tags.size(); i++) {
      add(errors, "/tags/" + i, text(tags.get(i)));
    }
    if (metadata != null && depth(metadata) > METADATA_DEPTH) {
      errors.add(new FieldError("/metadata", "is nested deeper than " + METADATA_DEPTH + " levels"));
    }
    if (!errors.isEmpty()) {
      throw ProblemException.invalid(errors);
    }
  }

  /** Tags parted by commas; null when none is meant. */
  static String @Nullable [] tags(@Nullable String tags) {
    var found = tags == null ? new String[0] : Arrays.stream(tags.split(",")).map(String::strip).filter(tag -> !tag.isEmpty()).toArray(String[]::new);
    return found.length == 0 ? null : found;
  }

  private static void add(List<FieldError> errors, String pointer, @Nullable String wrong) {
    if (wrong != null) {
      errors.add(new FieldError(pointer, wrong));
    }
  }

  private static @Nullable String text(@Nullable String text) {
    if (text == null) {
      return null;
    }
    if (text.isBlank()) {
      return "must be text that is not blank";
    }
    return text.chars().anyMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t')
        ? "holds a control character; only line feeds and tabs may stand in it" : null;
  }

  private static int depth(JsonNode node) {
    var deepest = 0;
    for (var child : node) {
      deepest = Math.max(deepest, depth(child));
    }
    return node.isContainerNode() ? deepest + 1 : 0;
  }
}
