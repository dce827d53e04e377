package io.agentbus.door.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.agentbus.http.QueryString;
import io.agentbus.op.Json;
import io.agentbus.op.ValueShape;
import io.agentbus.problem.ProblemException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the input of a call together from path, query and body. Text becomes the JSON that the field's type asks for
 * where it can; where it cannot, and where there is no such field, it stays text and the catalogue says what is wrong
 * with it.
 */
final class InputAssembly {
  private InputAssembly() {}

  /**
   * The input.
   *
   * @param body what the body held; changed and returned
   * @param pathValues the segments for the endpoint's path fields, as sent
   * @throws ProblemException {@code invalid_input} when two places disagree or a query comes where none is read
   */
  static ObjectNode of(Endpoint endpoint, ObjectNode body, List<String> pathValues, @Nullable String query) {
    var parameters = QueryString.parse(query);
    if (!parameters.isEmpty() && !endpoint.traits().readsQuery()) {
      throw ProblemException.invalid("", "This route reads no query parameters; put '"
          + parameters.keySet().iterator().next() + "' into the JSON body.");
    }
    parameters.forEach((name, values) -> put(body, name, ofQuery(endpoint, name, values), "the query"));
    for (var at = 0; at < pathValues.size(); at++) {
      var name = endpoint.pathFields().get(at);
      put(body, name, ofText(shape(endpoint, name), QueryString.segment(pathValues.get(at))), "the path");
    }
    return body;
  }

  private static void put(ObjectNode body, String name, JsonNode value, String place) {
    var given = body.get(name);
    if (given != null && !given.isNull() && !given.equals(value) && !given.asText().equals(value.asText())) {
      throw ProblemException.invalid("/" + name, "'" + name + "' is given twice and differently: once in " + place
          + ".");
    }
    body.set(name, value);
  }

  private static @Nullable ValueShape shape(Endpoint endpoint, String name) {
    var field = endpoint.input().field(name);
    return field == null ? null : field.value();
  }

  private static JsonNode ofQuery(Endpoint endpoint, String name, List<String> values) {
    var shape = shape(endpoint, name);
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
}
