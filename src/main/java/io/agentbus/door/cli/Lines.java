package io.agentbus.door.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;

/** One record as lines of names and values; nested JSON is indented below its name. */
final class Lines {
  private Lines() {}

  /** Every field that is there, one a line; empty for an empty record. */
  static String of(JsonNode record, Instant now) {
    var width = record.properties().stream().filter(Lines::isShown).mapToInt(field -> field.getKey().length()).max()
        .orElse(0);
    var text = new StringBuilder();
    for (var field : record.properties()) {
      if (isShown(field)) {
        text.append(" ".repeat(width - field.getKey().length())).append(Words.clean(field.getKey())).append(": ");
        text.append(value(field.getValue(), now, width + 2)).append('\n');
      }
    }
    return text.toString();
  }

  private static boolean isShown(Map.Entry<String, JsonNode> field) {
    var value = field.getValue();
    return !value.isNull() && !(value.isContainerNode() && value.isEmpty());
  }

  private static String value(JsonNode value, Instant now, int indent) {
    if (value.isValueNode()) {
      return Words.full(value, now);
    }
    var brief = value.toString();
    if (brief.length() <= 60) {
      return Words.clean(brief);
    }
    var lines = new StringBuilder();
    Answer.pretty(value).lines().forEach(line ->
        lines.append(lines.isEmpty() ? "" : "\n" + " ".repeat(indent)).append(Words.clean(line)));
    return lines.toString();
  }
}
