package io.agentbus.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** How the components of a configuration record map to keys: {@code idleTimeout} is {@code idle-timeout}. */
final class RecordKeys {
  private RecordKeys() {}

  static String key(RecordComponent component) {
    var named = component.getAnnotation(Key.class);
    return named != null ? named.value()
        : component.getName().replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  static List<String> keys(Class<?> type) {
    return Arrays.stream(type.getRecordComponents()).map(RecordKeys::key).toList();
  }

  static String path(String parent, String key) {
    return parent.isEmpty() ? key : parent + '.' + key;
  }

  /** True for a record that is a group of keys, false for one that is a value, such as a size. */
  static boolean isGroup(Class<?> type) {
    return type.isRecord() && type != ByteSize.class;
  }

  /**
   * Calls {@code leaf} with the dotted path and the value of everything below {@code group} that is not a group itself.
   */
  static void walk(String path, Record group, BiConsumer<String, @Nullable Object> leaf) {
    for (var component : group.getClass().getRecordComponents()) {
      var below = path(path, key(component));
      var value = value(component, group);
      if (value instanceof Record inner && isGroup(component.getType())) {
        walk(below, inner, leaf);
      } else {
        leaf.accept(below, value);
      }
    }
  }

  static @Nullable Object value(RecordComponent component, Record of) {
    try {
      return component.getAccessor().invoke(of);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot read " + component + " of " + of.getClass(), e);
    }
  }

  /** A value as an operator would write it in YAML; secrets are masked. */
  static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case java.time.Duration length -> Durations.format(length);
      case Enum<?> constant -> constant(constant);
      case List<?> list -> list.stream().map(RecordKeys::text).toList().toString();
      case Map<?, ?> map -> map.toString();
      case JsonNode node -> node.toString();
      case String string when string.isEmpty() -> "''";
      default -> value.toString();
    };
  }

  static String constant(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
