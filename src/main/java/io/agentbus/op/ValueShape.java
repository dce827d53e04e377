package io.agentbus.op;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.namespace.NamespacePath;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a value is, as JSON sees it.
 *
 * @param kind the sort of JSON
 * @param type the Java class it is bound to
 * @param choices the closed list of wire words of a {@link Kind#TEXT}; empty when any text will do
 * @param element what a list or map holds; null for every other kind
 */
public record ValueShape(Kind kind, Class<?> type, List<String> choices, @Nullable ValueShape element) {

  /** The sorts of JSON that inputs and outputs are made of. */
  public enum Kind {
    TEXT, INTEGER, NUMBER, BOOLEAN, UUID, TIME, NAMESPACE, RECORD, LIST,
    /** An object whose names the caller chooses and whose values all have one shape. */
    MAP,
    /** Any JSON object. */
    OBJECT,
    /** Any JSON value. */
    ANY
  }

  /** The word an enum constant has on every wire. */
  static String wire(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** The shape of a record, for {@link Kind#RECORD}. */
  public RecordShape record() {
    return RecordShape.of(type);
  }

  /**
   * The innermost shape: of the elements of a list or map, else this one. Limits of a {@link Field} are meant for it.
   */
  public ValueShape leaf() {
    return element == null ? this : element.leaf();
  }

  /** Whether a reader should see it as plain JSON that agentbus does not look into. */
  public boolean isOpaque() {
    return kind == Kind.ANY || kind == Kind.OBJECT;
  }

  static ValueShape of(Type type, List<String> oneOf) {
    if (type instanceof ParameterizedType generic) {
      var arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return new ValueShape(Kind.LIST, List.class, List.of(), of(arguments[0], oneOf));
      }
      if (generic.getRawType() == Map.class && arguments[0] == String.class) {
        return new ValueShape(Kind.MAP, Map.class, List.of(), of(arguments[1], oneOf));
      }
    }
    if (type instanceof Class<?> plain) {
      var choices = plain.isEnum()
          ? Arrays.stream(plain.getEnumConstants()).map(constant -> wire((Enum<?>) constant)).toList() : oneOf;
      return new ValueShape(kindOf(plain), plain, choices, null);
    }
    throw new IllegalStateException("the bus does not speak the type " + type.getTypeName());
  }

  private static Kind kindOf(Class<?> type) {
    if (type == String.class || type.isEnum()) {
      return Kind.TEXT;
    }
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return Kind.INTEGER;
    }
    if (type == double.class || type == Double.class) {
      return Kind.NUMBER;
    }
    if (type == boolean.class || type == Boolean.class) {
      return Kind.BOOLEAN;
    }
    if (type == UUID.class) {
      return Kind.UUID;
    }
    if (type == Instant.class || type == OffsetDateTime.class) {
      return Kind.TIME;
    }
    if (type == NamespacePath.class) {
      return Kind.NAMESPACE;
    }
    if (type == ObjectNode.class) {
      return Kind.OBJECT;
    }
    if (type == JsonNode.class) {
      return Kind.ANY;
    }
    if (type.isRecord()) {
      return Kind.RECORD;
    }
    throw new IllegalStateException("the bus does not speak the type " + type.getName());
  }
}
