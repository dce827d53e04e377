package io.agentbus.op;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an input or output record in the order of its components: what schemas, checks, flags and query
 * parameters are all made from. Read once a class; thread-safe.
 */
public final class RecordShape {
  private static final ClassValue<RecordShape> SHAPES = new ClassValue<>() {
    @Override
    protected RecordShape computeValue(Class<?> type) {
      return new RecordShape(type);
    }
  };

  private final Class<?> type;
  private final List<FieldShape> fields;
  private final Map<String, FieldShape> byName = new LinkedHashMap<>();

  private RecordShape(Class<?> type) {
    if (!type.isRecord()) {
      throw new IllegalStateException(type.getName() + " is not a record");
    }
    this.type = type;
    this.fields = Arrays.stream(type.getRecordComponents()).map(FieldShape::of).toList();
    fields.forEach(field -> byName.put(field.name(), field));
  }

  /** The shape of a record class. */
  public static RecordShape of(Class<?> type) {
    return SHAPES.get(type);
  }

  public Class<?> type() {
    return type;
  }

  /** All fields, in the order of the components. */
  public List<FieldShape> fields() {
    return fields;
  }

  /** The field of a wire name, or null. */
  public @Nullable FieldShape field(String name) {
    return byName.get(name);
  }

  /** The wire names, in order. */
  public List<String> names() {
    return List.copyOf(byName.keySet());
  }

  /** The field of a component's Java name. */
  FieldShape ofComponent(String javaName) {
    return fields.stream().filter(field -> field.component().getName().equals(javaName)).findFirst().orElseThrow();
  }
}
