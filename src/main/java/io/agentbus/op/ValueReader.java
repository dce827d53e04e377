package io.agentbus.op;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.namespace.NamespacePath;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks one JSON value (never null JSON of a field) and turns it into the Java value of its component. */
@FunctionalInterface
interface ValueReader {
  /** RFC 3339, years that Postgres has too. */
  Pattern TIME =
      Pattern.compile("(?!0000)\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d)");
  Pattern UUID_FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  /** The value, or null after telling {@code faults} what is wrong. */
  @Nullable Object read(JsonNode node, Faults faults);

  /** The reader of a field. */
  static ValueReader of(FieldShape field) {
    return of(field, field.value());
  }

  private static ValueReader of(FieldShape field, ValueShape value) {
    return switch (value.kind()) {
      case TEXT -> value.choices().isEmpty() ? text(field, value) : choice(field, value);
      case INTEGER -> integer(field, value);
      case NUMBER -> number(field, value);
      case BOOLEAN -> (node, faults) ->
          node.isBoolean() ? (Object) node.booleanValue() : wrong(field, value, node, faults);
      case UUID -> (node, faults) -> node.isTextual() && UUID_FORM.matcher(node.textValue()).matches()
          ? UUID.fromString(node.textValue()) : wrong(field, value, node, faults);
      case TIME -> time(field, value);
      case NAMESPACE -> (node, faults) -> node.isTextual() && NamespacePath.isValid(node.textValue())
          ? new NamespacePath(node.textValue()) : wrong(field, value, node, faults);
      case RECORD -> record(field, value);
      case LIST -> {
        var element = elementOf(field, value);
        yield (node, faults) -> node.isArray()
            ? InputReader.readList(field, element, node, faults) : wrong(field, value, node, faults);
      }
      case MAP -> {
        var element = elementOf(field, value);
        yield (node, faults) -> node.isObject() ? map(field, element, node, faults) : wrong(field, value, node, faults);
      }
      case OBJECT -> (node, faults) ->
          node.isObject() ? measured(field, node, faults) : wrong(field, value, node, faults);
      case ANY -> (node, faults) -> measured(field, node, faults);
    };
  }

  private static ValueReader elementOf(FieldShape field, ValueShape value) {
    if (value.element() == null) {
      throw new IllegalStateException("'" + field.name() + "' holds nothing");
    }
    return of(field, value.element());
  }

  private static @Nullable Object wrong(FieldShape field, ValueShape value, JsonNode node, Faults faults) {
    faults.add(InputWords.wrong(field, value, node));
    return null;
  }

  private static ValueReader text(FieldShape field, ValueShape value) {
    var pattern = field.pattern().isEmpty() ? null : compile(field.pattern());
    var least = field.minLength();
    var most = field.maxLength();
    return (node, faults) -> {
      if (!node.isTextual()) {
        return wrong(field, value, node, faults);
      }
      var text = node.textValue();
      if (text.length() > most && text.codePointCount(0, text.length()) > most) {
        faults.add(InputWords.tooLong(field, text.codePointCount(0, text.length())));
        return null;
      }
      if (text.length() < least || (pattern != null && !pattern.matcher(text).find())) {
        return wrong(field, value, node, faults);
      }
      JsonContent.text(text, faults);
      return text;
    };
  }

  /** Java's {@code $} also matches before a last line feed, that of JSON Schema only at the end. */
  private static Pattern compile(String pattern) {
    return Pattern.compile(pattern.endsWith("$") && !pattern.endsWith("\\$")
        ? pattern.substring(0, pattern.length() - 1) + "\\z" : pattern);
  }

  private static ValueReader choice(FieldShape field, ValueShape value) {
    Map<String, Object> constants = new HashMap<>();
    if (value.type().isEnum()) {
      for (var constant : value.type().getEnumConstants()) {
        constants.put(ValueShape.wire((Enum<?>) constant), constant);
      }
    } else {
      value.choices().forEach(word -> constants.put(word, word));
    }
    return (node, faults) -> {
      var found = node.isTextual() ? constants.get(node.textValue()) : null;
      return found != null ? found : wrong(field, value, node, faults);
    };
  }

  /** Takes 5 and 5.0, as JSON Schema does. */
  private static ValueReader integer(FieldShape field, ValueShape value) {
    var isInt = value.type() == int.class || value.type() == Integer.class;
    return (node, faults) -> {
      var whole = node.isIntegralNumber() ? node.canConvertToLong()
          : node.isDouble() && node.canConvertToExactIntegral() && node.canConvertToLong();
      if (!whole || node.longValue() < field.min() || node.longValue() > field.max()) {
        return wrong(field, value, node, faults);
      }
      return isInt ? (Object) (int) node.longValue() : (Object) node.longValue();
    };
  }

  private static ValueReader number(FieldShape field, ValueShape value) {
    return (node, faults) -> node.isNumber() && Double.isFinite(node.doubleValue()) && node.doubleValue() >= field.min()
        && node.doubleValue() <= field.max() ? (Object) node.doubleValue() : wrong(field, value, node, faults);
  }

  private static ValueReader time(FieldShape field, ValueShape value) {
    var isInstant = value.type() == Instant.class;
    return (node, faults) -> {
      if (node.isTextual() && TIME.matcher(node.textValue()).matches()) {
        try {
          var time = OffsetDateTime.parse(node.textValue());
          return isInstant ? time.toInstant() : time;
        } catch (DateTimeException noSuchDay) {
          return wrong(field, value, node, faults);
        }
      }
      return wrong(field, value, node, faults);
    };
  }

  private static ValueReader record(FieldShape field, ValueShape value) {
    var type = value.type().asSubclass(Record.class);
    var where = "'" + field.name() + "'";
    // Compiled when it first occurs: a record may hold itself. Twice at once does no harm.
    var nested = new AtomicReference<@Nullable InputReader<?>>();
    return (node, faults) -> {
      if (!node.isObject()) {
        return wrong(field, value, node, faults);
      }
      var reader = nested.get();
      if (reader == null) {
        reader = InputReader.of(type, field.limits());
        nested.set(reader);
      }
      return reader.read(node, where, faults);
    };
  }

  private static @Nullable Object map(FieldShape field, ValueReader element, JsonNode node, Faults faults) {
    if (node.size() > field.maxItems()) {
      faults.add(InputWords.tooMany(field, node.size()));
      return null;
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (var entry : node.properties()) {
      faults.enter(entry.getKey());
      JsonContent.text(entry.getKey(), faults);
      values.put(entry.getKey(), element.read(entry.getValue(), faults));
      faults.leave();
    }
    return Collections.unmodifiableMap(values);
  }

  private static JsonNode measured(FieldShape field, JsonNode node, Faults faults) {
    var size = JsonContent.measure(node, faults, 1);
    if (size > field.maxBytes()) {
      faults.addTooLarge(size, field.maxBytes());
    }
    return node;
  }
}
