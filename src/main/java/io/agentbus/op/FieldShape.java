package io.agentbus.op;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.lang.reflect.RecordComponent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One component of an input or output record: its wire name, its shape and what its {@link Field} says.
 *
 * @param name in snake_case, as JSON, flags and query parameters have it
 * @param component the record component
 * @param value what it holds
 * @param field its annotation; null when it has none, which the catalogue's rules refuse
 * @param limits the numbers of those limits that can be set
 */
public record FieldShape(String name, RecordComponent component, ValueShape value, @Nullable Field field, Limits limits) {
  /** Longest text of an input whose {@link Field} sets no length, in characters. */
  public static final int DEFAULT_MAX_LENGTH = 4_096;
  /** Most entries of an input's list whose {@link Field} sets no number. */
  public static final int DEFAULT_MAX_ITEMS = 1_000;
  /** Largest free JSON of an input whose {@link Field} sets no size, in bytes of UTF-8. */
  public static final int DEFAULT_MAX_BYTES = 256 * 1_024;

  private static final PropertyNamingStrategies.SnakeCaseStrategy SNAKE =
      new PropertyNamingStrategies.SnakeCaseStrategy();

  static FieldShape of(RecordComponent component) {
    var field = component.getAnnotation(Field.class);
    var renamed = component.getAccessor().getAnnotation(JsonProperty.class);
    var name = renamed == null || renamed.value().isEmpty() ? SNAKE.translate(component.getName()) : renamed.value();
    try {
      var oneOf = field == null ? List.<String>of() : List.of(field.oneOf());
      return new FieldShape(name, component, ValueShape.of(component.getGenericType(), oneOf), field, Limits.DEFAULT);
    } catch (IllegalStateException unknown) {
      throw new IllegalStateException("component '" + component.getName() + "' of "
          + component.getDeclaringRecord().getName() + ": " + unknown.getMessage(), unknown);
    }
  }

  /** The same field on a node with other limits. */
  public FieldShape under(Limits others) {
    return new FieldShape(name, component, value, field, others);
  }

  private Limit limit() {
    return field == null ? Limit.NONE : field.limit();
  }

  /** What an absent value becomes when that can be set; null when the service decides. */
  @Nullable Integer preset() {
    return switch (limit()) {
      case PAGE -> limits.page();
      case NEW_LEASE -> limits.lease();
      case ATTEMPTS -> limits.attempts();
      case NONE, PAYLOAD, RESULT, BULK, CLAIM, LEASE, WAIT -> null;
    };
  }

  /** What absence means, as JSON text, or an empty text. */
  public String def() {
    var preset = preset();
    return preset != null ? preset.toString() : field == null ? "" : field.def();
  }

  /** The one line about it, or an empty text. */
  public String description() {
    return field == null ? "" : field.value();
  }

  /** In an input: must be given. In an output: never null. */
  public boolean required() {
    return field != null && field.required();
  }

  /** Whether an output leaves it out when there is nothing to say, instead of giving null. */
  public boolean leftOutWhenNull() {
    var inclusion = component.getAccessor().getAnnotation(JsonInclude.class);
    return inclusion != null && inclusion.value() != JsonInclude.Include.ALWAYS;
  }

  /** Whether its value must not appear in errors, logs or a terminal. */
  public boolean secret() {
    return field != null && field.secret();
  }

  /** Smallest whole number an input may hold; what its Java type holds when the annotation says nothing. */
  public long min() {
    if (limit() == Limit.LEASE || limit() == Limit.NEW_LEASE) {
      return limits.leaseMin();
    }
    var said = field == null ? Long.MIN_VALUE : field.min();
    return said == Long.MIN_VALUE && isInt() ? Integer.MIN_VALUE : said;
  }

  /** Largest whole number an input may hold. */
  public long max() {
    return switch (limit()) {
      case CLAIM -> limits.claim();
      case PAGE -> limits.pageMax();
      case LEASE, NEW_LEASE -> limits.leaseMax();
      case WAIT -> limits.waitMax();
      case NONE, PAYLOAD, RESULT, BULK, ATTEMPTS -> {
        var said = field == null ? Long.MAX_VALUE : field.max();
        yield said == Long.MAX_VALUE && isInt() ? Integer.MAX_VALUE : said;
      }
    };
  }

  /** Shortest text an input may hold: a required text is not empty. */
  public int minLength() {
    return required() && value.kind() == ValueShape.Kind.TEXT && value.choices().isEmpty() ? 1 : 0;
  }

  /** Longest text an input may hold, in characters. */
  public int maxLength() {
    return field == null || field.maxLength() < 0 ? DEFAULT_MAX_LENGTH : field.maxLength();
  }

  /** Most entries an input's list or map may hold. */
  public int maxItems() {
    if (limit() == Limit.BULK) {
      return limits.bulk();
    }
    return field == null || field.maxItems() < 0 ? DEFAULT_MAX_ITEMS : field.maxItems();
  }

  /** Largest free JSON an input may hold, in bytes of UTF-8. */
  public int maxBytes() {
    if (limit() == Limit.PAYLOAD || limit() == Limit.RESULT) {
      return limit() == Limit.PAYLOAD ? limits.payload() : limits.result();
    }
    return field == null || field.maxBytes() < 0 ? DEFAULT_MAX_BYTES : field.maxBytes();
  }

  /** The regular expression for each text, or an empty text. */
  public String pattern() {
    return field == null ? "" : field.pattern();
  }

  private boolean isInt() {
    var leaf = value.leaf().type();
    return leaf == int.class || leaf == Integer.class;
  }
}
