package io.agentbus.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.agentbus.problem.Suggestion;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tree (YAML or JSON) into records. The record is the schema: its components name the keys in kebab-case, their
 * types say what a value looks like, its constructor says which values make sense. A key that the record does not have
 * is refused.
 *
 * <p>Component types: {@code int, long, boolean, String, Duration, ByteSize, Path, Secret, JsonNode}, enums, lists of
 * these, {@code Map<String, JsonNode>}, and records as groups of keys.
 */
public final class RecordReader {
  private final Function<String, Origin> origins;

  /** @param origins by dotted path, where its value stands, for the messages */
  public RecordReader(Function<String, Origin> origins) {
    this.origins = origins;
  }

  /** A reader of one file. @param file as an operator knows it, for the messages */
  public static RecordReader of(String file) {
    var origin = new Origin(Origin.Kind.FILE, file);
    return new RecordReader(path -> origin);
  }

  /**
   * @param defaults what keys that are absent get; null = every key must be there, save those of a {@code @Nullable}
   *     component
   * @param path the dotted path of {@code tree}, empty at the top
   * @throws ConfigException for an unknown, missing or wrong value; names the file, the key, the value and what would
   *     be right
   */
  public <R extends Record> R read(Class<R> type, @Nullable R defaults, String path, JsonNode tree) {
    if (tree.isNull() || tree.isMissingNode()) {
      tree = JsonNodeFactory.instance.objectNode();
    }
    if (!tree.isObject()) {
      throw wrong(path, tree, "must hold keys: " + String.join(", ", RecordKeys.keys(type)));
    }
    refuseUnknown(type, path, tree);
    var components = type.getRecordComponents();
    var arguments = new @Nullable Object[components.length];
    for (var i = 0; i < components.length; i++) {
      arguments[i] = argument(components[i], defaults, path, tree);
    }
    return construct(type, path, arguments);
  }

  private void refuseUnknown(Class<?> type, String path, JsonNode tree) {
    var known = RecordKeys.keys(type);
    for (var name : (Iterable<String>) tree::fieldNames) {
      if (!known.contains(name)) {
        var key = RecordKeys.path(path, name);
        var near = Suggestion.near(name, known);
        throw new ConfigException(key, "there is no key " + key + (near == null
            ? "; " + (path.isEmpty() ? "the keys" : "those of " + path) + " are " + String.join(", ", known) + "."
            : "; did you mean " + RecordKeys.path(path, near) + "?")).from(origins.apply(key));
      }
    }
  }

  private @Nullable Object argument(RecordComponent component, @Nullable Record defaults, String path, JsonNode tree) {
    var name = RecordKeys.key(component);
    var key = RecordKeys.path(path, name);
    var given = tree.get(name);
    var fallback = defaults == null ? null : RecordKeys.value(component, defaults);
    var nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    if (RecordKeys.isGroup(component.getType()) && !(given == null && (fallback != null || nullable))) {
      return group(component.getType(), fallback, key, given == null ? JsonNodeFactory.instance.nullNode() : given);
    }
    if (given == null) {
      if (fallback == null && !nullable) {
        throw new ConfigException(key, key + " is missing.").from(origins.apply(key));
      }
      return fallback;
    }
    if (given.isNull()) {
      if (!nullable) {
        throw wrong(key, given, "must have a value; remove the key to get its default");
      }
      return null;
    }
    try {
      return RecordValues.parse(component.getGenericType(), given);
    } catch (IllegalArgumentException e) {
      throw wrong(key, component.getType() == Secret.class ? null : given, String.valueOf(e.getMessage()));
    }
  }

  private <R extends Record> R group(Class<?> type, @Nullable Object defaults, String key, JsonNode tree) {
    @SuppressWarnings("unchecked")
    var group = (Class<R>) type;
    return read(group, defaults == null ? null : group.cast(defaults), key, tree);
  }

  private <R extends Record> R construct(Class<R> type, String path, @Nullable Object[] arguments) {
    var types = Arrays.stream(type.getRecordComponents()).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw refusal(path, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make a " + type.getName(), e);
    }
  }

  /** What a constructor refused, with the place the value came from. */
  private RuntimeException refusal(String path, Throwable cause) {
    return switch (cause) {
      case ConfigException config -> config.from(origins.apply(config.key()));
      case IllegalArgumentException wrong -> {
        var named = new ConfigException(path, path + ": " + wrong.getMessage());
        named.initCause(wrong);
        yield named.from(origins.apply(path));
      }
      case RuntimeException defect -> defect;
      default -> new IllegalStateException("the constructor of " + path + " failed", cause);
    };
  }

  /** @param value null = a secret, which is not shown */
  private ConfigException wrong(String key, @Nullable JsonNode value, String rule) {
    var shown = value == null ? Secret.MASK : value.isNull() ? "empty" : value.toString();
    if (shown.length() > 80) {
      shown = shown.substring(0, 77) + "...";
    }
    return ConfigException.badValue(key.isEmpty() ? "the content" : key, shown, rule).from(origins.apply(key));
  }
}
