package io.agentbus.op;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.problem.Suggestion;
import java.util.List;

/** The sentences about wrong input, each going on from the field's name: what would be right, and what came. */
final class InputWords {
  private static final int LONGEST_VALUE = 60;

  private InputWords() {}

  /** A field that must be given and was not. */
  static String missing(FieldShape field) {
    return field.description().isEmpty() ? "is required" : "is required: " + field.description();
  }

  /** A name that is no field of the record. */
  static String unknown(String name, RecordShape shape, String where) {
    var near = Suggestion.words(name, shape.names());
    return "is not a field of " + where + (near.isEmpty() ? list(shape.names()) : near);
  }

  /** A value that its field does not take; says everything that would be right, whichever part of it was broken. */
  static String wrong(FieldShape field, ValueShape value, JsonNode got) {
    return "must be " + right(field, value) + ", not " + (field.secret() ? "the value given" : shortened(got));
  }

  /** A text longer than its field takes. */
  static String tooLong(FieldShape field, int length) {
    return "must be text of at most " + field.maxLength() + " characters, not " + length;
  }

  /** A list or map with more entries than its field takes. */
  static String tooMany(FieldShape field, int size) {
    return "must have at most " + field.maxItems() + " entries, not " + size;
  }

  private static String right(FieldShape field, ValueShape value) {
    return switch (value.kind()) {
      case TEXT -> text(field, value);
      case INTEGER -> "a whole number" + range(field);
      case NUMBER -> "a number" + range(field);
      case BOOLEAN -> "true or false";
      case UUID -> "a UUID such as 0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42";
      case TIME -> "a time as RFC 3339 has it, such as 2026-01-31T12:00:00Z";
      case NAMESPACE -> NamespacePath.SHAPE;
      case RECORD, OBJECT, MAP -> "a JSON object";
      case LIST -> "a list";
      case ANY -> "JSON";
    };
  }

  private static String text(FieldShape field, ValueShape value) {
    if (!value.choices().isEmpty()) {
      return (value.choices().size() == 1 ? "" : "one of: ") + String.join(", ", value.choices());
    }
    var annotation = field.field();
    if (annotation != null && !annotation.shape().isEmpty()) {
      return annotation.shape();
    }
    return field.pattern().isEmpty() ? (field.minLength() > 0 ? "text that is not empty" : "text")
        : "text that matches " + field.pattern();
  }

  private static String range(FieldShape field) {
    var low = field.min() != Long.MIN_VALUE;
    var high = field.max() != Long.MAX_VALUE;
    if (low && high) {
      return " between " + field.min() + " and " + field.max();
    }
    return low ? " of at least " + field.min() : high ? " of at most " + field.max() : "";
  }

  private static String list(List<String> names) {
    if (names.isEmpty()) {
      return ", which takes none";
    }
    return names.size() > 12 ? "" : "; its fields are " + String.join(", ", names);
  }

  private static String shortened(JsonNode got) {
    if (got.isObject()) {
      return "an object";
    }
    if (got.isArray()) {
      return "a list";
    }
    var text = got.isTextual() ? got.toString() : got.asText();
    return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE - 3) + "...";
  }
}
