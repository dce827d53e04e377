package io.agentbus.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One value of a configuration: what a node of the tree must look like for a component's type. Numbers, booleans and
 * lists may also come as text, because the environment and the command line have nothing else.
 */
final class RecordValues {
  private RecordValues() {}

  /** @throws IllegalArgumentException with the end of a sentence: {@code "must be ..."} */
  static Object parse(Type type, JsonNode node) {
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      return list(generic.getActualTypeArguments()[0], node);
    }
    if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
      return map(node);
    }
    return scalar((Class<?>) type, node);
  }

  private static Object scalar(Class<?> type, JsonNode node) {
    if (type == JsonNode.class) {
      return node;
    }
    if (!node.isValueNode()) {
      throw new IllegalArgumentException("must be a single value");
    }
    var text = node.asText().strip();
    if (type.isEnum()) {
      return constant(type, text);
    }
    return switch (type.getName()) {
      case "int", "java.lang.Integer" -> Math.toIntExact(whole(node, text, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case "long" -> whole(node, text, Long.MIN_VALUE, Long.MAX_VALUE);
      case "boolean" -> truth(text);
      case "java.lang.String" -> text;
      case "java.time.Duration" -> Durations.parse(text);
      case "io.agentbus.config.ByteSize" -> ByteSize.parse(text);
      case "io.agentbus.config.Secret" -> new Secret(text);
      case "java.nio.file.Path" -> path(text);
      default -> throw new IllegalStateException("no configuration value can be a " + type.getName());
    };
  }

  private static List<?> list(Type element, JsonNode node) {
    var entries = new ArrayList<Object>();
    if (node.isArray()) {
      for (var entry : node) {
        if (entry.isNull()) {
          throw new IllegalArgumentException("must hold no empty entries");
        }
        entries.add(parse(element, entry));
      }
    } else if (node.isTextual()) {
      for (var part : node.asText().split(",")) {
        if (!part.isBlank()) {
          entries.add(parse(element, TextNode.valueOf(part.strip())));
        }
      }
    } else {
      throw new IllegalArgumentException("must be a list, such as [a, b]");
    }
    return List.copyOf(entries);
  }

  private static Map<String, JsonNode> map(JsonNode node) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("must hold keys, or be {}");
    }
    var map = new LinkedHashMap<String, JsonNode>();
    node.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue()));
    return map;
  }

  private static long whole(JsonNode node, String text, long min, long max) {
    if (node.isFloatingPointNumber() || !text.matches("[+-]?\\d{1,19}")) {
      throw new IllegalArgumentException("must be a whole number");
    }
    try {
      var number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // 19 digits can be past a long: the same answer as for any number out of range
    }
    throw new IllegalArgumentException("must be a whole number from " + min + " to " + max);
  }

  private static boolean truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on", "1" -> true;
      case "false", "no", "off", "0" -> false;
      default -> throw new IllegalArgumentException("must be true or false");
    };
  }

  private static Path path(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("must be a path");
    }
    try {
      if (text.equals("~") || text.startsWith("~/")) {
        return Path.of(System.getProperty("user.home"), text.substring(1));
      }
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("must be a path: " + e.getReason(), e);
    }
  }

  private static Object constant(Class<?> type, String text) {
    var constants = Arrays.stream(type.getEnumConstants()).map(constant -> (Enum<?>) constant).toList();
    return constants.stream()
        .filter(constant -> RecordKeys.constant(constant).equals(text.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("must be one of "
            + constants.stream().map(RecordKeys::constant).collect(Collectors.joining(", "))));
  }
}
