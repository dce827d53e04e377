package io.agentbus.op;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;

/**
 * Looks through JSON that agentbus keeps without understanding it: how large it is, and whether it holds what cannot be
 * kept. One walk, no copy.
 */
final class JsonContent {
  private JsonContent() {}

  /**
   * The size of the JSON as Postgres writes it, in bytes of UTF-8; reports to {@code faults} what Postgres cannot
   * store. That is as {@link Json#MAPPER} writes it, but that numbers have no exponent: five characters of
   * {@code 1e308} are 309 whenever they are read.
   */
  static long measure(JsonNode node, Faults faults, int depth) {
    if (depth > Json.MAX_DEPTH) {
      faults.add("is nested deeper than " + Json.MAX_DEPTH + " levels");
      return 0;
    }
    return switch (node.getNodeType()) {
      case STRING -> text(node.textValue(), faults);
      case OBJECT -> {
        var size = 2L + Math.max(0, node.size() - 1);
        for (var entry : node.properties()) {
          faults.enter(entry.getKey());
          size += text(entry.getKey(), faults) + 1 + measure(entry.getValue(), faults, depth + 1);
          faults.leave();
        }
        yield size;
      }
      case ARRAY -> {
        var size = 2L + Math.max(0, node.size() - 1);
        for (var i = 0; i < node.size(); i++) {
          faults.enter(i);
          size += measure(node.get(i), faults, depth + 1);
          faults.leave();
        }
        yield size;
      }
      case NUMBER -> number(node, faults);
      default -> node.asText().length();
    };
  }

  private static long number(JsonNode node, Faults faults) {
    if (node.isDouble() && !Double.isFinite(node.doubleValue())) {
      faults.add("is a number too large to be kept");
      return 0;
    }
    var text = node.asText();
    return text.indexOf('E') < 0 ? text.length() : digits(node.decimalValue());
  }

  private static long digits(BigDecimal number) {
    var scale = (long) number.scale();
    return 2 + (scale <= 0 ? number.precision() - scale : Math.max(number.precision(), scale + 1));
  }

  /** The size of a text with its quotes and escapes; reports characters that cannot be stored. */
  static long text(String text, Faults faults) {
    var size = 2L + text.length();
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c >= ' ' && c < 0x80) {
        if (c == '"' || c == '\\') {
          size++;
        }
        continue;
      }
      if (c == 0) {
        faults.add("holds the character U+0000 at place " + i + ", which cannot be stored");
      } else if (c < ' ') {
        size += c == '\b' || c == '\t' || c == '\n' || c == '\f' || c == '\r' ? 1 : 5;
      } else if (c < 0x800) {
        size++;
      } else if (!Character.isSurrogate(c)) {
        size += 2;
      } else if (Character.isHighSurrogate(c) && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        size += 2;
        i++;
      } else {
        faults.add("holds half a surrogate pair at place " + i + ", which is no character");
      }
    }
    return size;
  }
}
