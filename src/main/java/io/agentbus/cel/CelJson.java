package io.agentbus.cel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.primitives.UnsignedLong;
import dev.cel.common.values.NullValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON to the values of the language and back. Whole numbers become {@code int}, all others {@code double}. */
final class CelJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private CelJson() {}

  static Object value(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> {
        var fields = new LinkedHashMap<String, Object>();
        node.properties().forEach(field -> fields.put(field.getKey(), value(field.getValue())));
        yield fields;
      }
      case ARRAY -> {
        var items = new ArrayList<>(node.size());
        node.forEach(item -> items.add(value(item)));
        yield items;
      }
      case STRING -> node.textValue();
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> number(node);
      default -> NullValue.NULL_VALUE;
    };
  }

  private static Object number(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong() ? (Object) node.longValue() : (Object) node.doubleValue();
  }

  /** @throws CelProgram.Failed for what JSON has no form for, and for what there is no room for */
  static JsonNode node(Object value, FillRoom room) {
    room.take(value instanceof String text ? text.length() : 0);
    return switch (value) {
      case String text -> NODES.textNode(text);
      case Boolean truth -> NODES.booleanNode(truth);
      case Long number -> NODES.numberNode(number);
      case UnsignedLong number -> NODES.numberNode(number.bigIntegerValue());
      case Double number when Double.isFinite(number) -> NODES.numberNode(number);
      case NullValue ignored -> NODES.nullNode();
      case List<?> items -> {
        var array = NODES.arrayNode();
        items.forEach(item -> array.add(node(item, room)));
        yield array;
      }
      case Map<?, ?> fields -> {
        var object = NODES.objectNode();
        fields.forEach((name, field) -> {
          var key = String.valueOf(name);
          room.take(key.length());
          object.set(key, node(field, room));
        });
        yield object;
      }
      case java.time.Instant time -> NODES.textNode(time.toString());
      case java.time.Duration length -> NODES.textNode(length.toString());
      default -> throw new CelProgram.Failed("the expression answers a " + value.getClass().getSimpleName() + ", which is no JSON");
    };
  }
}
