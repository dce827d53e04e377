package io.agentbus.op;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes the example of an input from the examples of its fields: the required ones, and those that bring an example.
 */
final class InputExample {
  private InputExample() {}

  /** An input that the operation takes; empty when a required text has a pattern of its own and no example. */
  static Optional<ObjectNode> of(List<FieldShape> fields) {
    var example = Json.MAPPER.createObjectNode();
    for (var field : fields) {
      var given = given(field);
      if (given != null) {
        example.set(field.name(), given);
      } else if (field.required()) {
        var made = made(field, field.value());
        if (made == null) {
          return Optional.empty();
        }
        example.set(field.name(), made);
      }
    }
    return Optional.of(example);
  }

  private static @Nullable JsonNode given(FieldShape field) {
    if (field.field() == null || field.field().example().isEmpty()) {
      return null;
    }
    try {
      return Json.MAPPER.readTree(field.field().example());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the example of '" + field.name() + "' is not JSON", e);
    }
  }

  private static boolean isTaken(FieldShape field, String text) {
    return field.maxLength() >= text.length()
        && (field.pattern().isEmpty() || Pattern.compile(field.pattern()).matcher(text).find());
  }

  private static @Nullable JsonNode made(FieldShape field, ValueShape value) {
    return switch (value.kind()) {
      case TEXT -> !value.choices().isEmpty() ? TextNode.valueOf(value.choices().getFirst())
          : isTaken(field, "text") ? TextNode.valueOf("text") : null;
      case INTEGER -> LongNode.valueOf(Math.min(field.max(), Math.max(field.min(), 1)));
      case NUMBER -> DoubleNode.valueOf(Math.min(field.max(), Math.max(field.min(), 1.0)));
      case BOOLEAN -> BooleanNode.TRUE;
      case UUID -> TextNode.valueOf("0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42");
      case TIME -> TextNode.valueOf("2026-01-31T12:00:00Z");
      case NAMESPACE -> TextNode.valueOf("acme/team");
      case RECORD -> of(value.record().fields()).orElse(null);
      case LIST -> {
        var element = value.element() == null ? null : made(field, value.element());
        yield element == null ? null : Json.MAPPER.createArrayNode().add(element);
      }
      case MAP, OBJECT, ANY -> Json.MAPPER.createObjectNode();
    };
  }
}
