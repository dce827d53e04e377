package io.agentbus.op;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.agentbus.problem.ProblemException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns text of a path or a query into the JSON that a field's type asks for where it can; where it cannot, and where there is no such field,
 * it stays text and the catalogue says what is wrong with it.
 */
public final class TextInput {
  private TextInput() {}

  /** One text. */
  public static JsonNode of(RecordShape input, String name, String text) {
    return ofText(shape(input, name), text);
  }

  /** The value of a parameter that may be given several times. @throws ProblemException {@code invalid_input} when it is, and is no list */
  public static JsonNode ofParameter(RecordShape input, String name, List<String> values) {
    var shape = shape(input, name);
    if (shape != null && shape.kind() == ValueShape.Kind.LIST && shape.element() instanceof ValueShape element) {
      return ofList(element, values);
    }
    if (values.size() > 1) {
      throw ProblemException.invalid("/" + name, "'" + name + "' is given " + values.size()
          + " times and is not a list.");
    }
    return ofText(shape, values.getFirst());
  }

  /** {@code tags=a&tags=b}, {@code tags=a,b} and {@code tags=["a","b"]} are the same list. */
  private static JsonNode ofList(ValueShape element, List<String> values) {
    if (values.size() == 1 && values.getFirst().startsWith("[") && json(values.getFirst()) instanceof ArrayNode whole) {
      return whole;
    }
    var list = Json.MAPPER.createArrayNode();
    for (var value : values) {
      if (isJson(element)) {
        list.add(ofText(element, value));
      } else {
        for (var part : value.split(",")) {
          if (!part.isEmpty()) {
            list.add(ofText(element, part));
          }
        }
      }
    }
    return list;
  }

  private static boolean isJson(ValueShape shape) {
    return switch (shape.kind()) {
      case RECORD, LIST, MAP, OBJECT, ANY -> true;
      case TEXT, INTEGER, NUMBER, BOOLEAN, UUID, TIME, NAMESPACE -> false;
    };
  }

  private static JsonNode ofText(@Nullable ValueShape shape, String text) {
    var typed = shape == null ? null : switch (shape.kind()) {
      case TEXT, UUID, TIME, NAMESPACE -> null;
      case INTEGER -> whole(text);
      case NUMBER -> number(text);
      case BOOLEAN -> switch (text) {
        case "true", "" -> BooleanNode.TRUE;
        case "false" -> BooleanNode.FALSE;
        default -> null;
      };
      case RECORD, LIST, MAP, OBJECT, ANY -> json(text);
    };
    return typed == null ? TextNode.valueOf(text) : typed;
  }

  private static @Nullable JsonNode whole(String text) {
    try {
      return LongNode.valueOf(Long.parseLong(text));
    } catch (NumberFormatException notWhole) {
      return number(text);
    }
  }

  private static @Nullable JsonNode number(String text) {
    try {
      return text.length() > 40 ? null : DoubleNode.valueOf(Double.parseDouble(text));
    } catch (NumberFormatException notNumber) {
      return null;
    }
  }

  private static @Nullable JsonNode json(String text) {
    try {
      var node = Json.MAPPER.readTree(text);
      return node.isMissingNode() ? null : node;
    } catch (JsonProcessingException notJson) {
      return null;
    }
  }

  private static @Nullable ValueShape shape(RecordShape input, String name) {
    var field = input.field(name);
    return field == null ? null : field.value();
  }
}
