package io.agentbus.op;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.MemberScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigPart;
import com.github.victools.jsonschema.generator.SchemaVersion;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.ValueShape.Kind;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * JSON Schema (2020-12) of inputs and outputs, generated from the records and their {@link Field} annotations when
 * first asked for. Properties stand in the order of the components. An input's optional field may also be given as
 * null, which means absent; the schema does not say so, because models and forms should leave it out. An output names
 * every field as required, with null in its type unless {@link Field#required}; only one that Jackson leaves out when
 * null ({@code JsonInclude}) is not.
 */
public final class Schemas {
  private static final ClassValue<ObjectNode> INPUTS = new ClassValue<>() {
    @Override
    protected ObjectNode computeValue(Class<?> type) {
      return input(type, Limits.DEFAULT);
    }
  };
  private static final ClassValue<ObjectNode> OUTPUTS = new ClassValue<>() {
    @Override
    protected ObjectNode computeValue(Class<?> type) {
      return generator(false, true, Limits.DEFAULT).generateSchema(type);
    }
  };

  private Schemas() {}

  /** The schema of what an operation takes; self-contained, and the caller's to change. */
  public static ObjectNode input(Operation<?, ?, ?> operation) {
    return INPUTS.get(operation.input()).deepCopy();
  }

  /** The same on a node with these limits; generated anew. */
  public static ObjectNode input(Operation<?, ?, ?> operation, Limits limits) {
    return limits.equals(Limits.DEFAULT) ? input(operation) : input(operation.input(), limits);
  }

  private static ObjectNode input(Class<?> type, Limits limits) {
    var schema = generator(true, true, limits).generateSchema(type);
    // Clients look for properties even where there are none.
    schema.withObjectProperty("properties");
    return schema;
  }

  /** The schema of what an operation answers; self-contained, and the caller's to change. */
  public static ObjectNode output(Operation<?, ?, ?> operation) {
    return OUTPUTS.get(operation.output()).deepCopy();
  }

  /**
   * A generator for inputs or for outputs.
   *
   * @param inline whether nested records are written out in place, so that a schema stands for itself
   * @param limits of inputs
   */
  static SchemaGenerator generator(boolean input, boolean inline, Limits limits) {
    var builder = new SchemaGeneratorConfigBuilder(Json.MAPPER, SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
        .without(Option.SCHEMA_VERSION_INDICATOR)
        .with(Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES)
        .with(inline ? Option.INLINE_ALL_SCHEMAS : Option.DEFINITIONS_FOR_ALL_OBJECTS);
    if (!inline) {
      builder.with(Option.PLAIN_DEFINITION_KEYS, Option.INLINE_NULLABLE_SCHEMAS);
      // The same record may be an input and an output, with different rules.
      builder.forTypesInGeneral().withDefinitionNamingStrategy((key, context) ->
          key.getType().getErasedType().getSimpleName() + (input ? "Input" : ""));
    }
    if (input) {
      // To the library, additional properties of type void are none. Free JSON stays open.
      builder.forTypesInGeneral()
          .withAdditionalPropertiesResolver(scope -> scope.getType().getErasedType().isRecord() ? Void.class : null);
    }
    builder.forTypesInGeneral()
        .withPropertySorter(Comparator.comparingInt(Schemas::place))
        .withCustomDefinitionProvider((type, context) -> plainType(type));
    var fields = builder.forFields();
    fields.withPropertyNameOverrideResolver(scope -> shape(scope).name())
        .withRequiredCheck(scope -> input ? shape(scope).required() : !shape(scope).leftOutWhenNull())
        .withNullableCheck(scope -> !input && mayBeNull(scope))
        .withDescriptionResolver(Schemas::description)
        .withDefaultResolver(scope -> defaultValue(scope, limits))
        .withEnumResolver(Schemas::choices)
        .withStringPatternResolver(scope -> isText(scope) ? emptyToNull(shape(scope).pattern()) : null)
        .withInstanceAttributeOverride((node, scope, context) -> addWhatTheLibraryLacks(node, scope, input));
    if (input) {
      addLimits(fields, limits);
    }
    return new SchemaGenerator(builder.build());
  }

  private static void addLimits(SchemaGeneratorConfigPart<FieldScope> fields, Limits limits) {
    fields.withStringMinLengthResolver(scope -> isText(scope) ? positive(shape(scope).minLength()) : null)
        .withStringMaxLengthResolver(scope -> isFreeText(scope) ? shape(scope).maxLength() : null)
        .withNumberInclusiveMinimumResolver(scope -> isNumber(scope) ? bound(shape(scope).under(limits).min()) : null)
        .withNumberInclusiveMaximumResolver(scope -> isNumber(scope) ? bound(shape(scope).under(limits).max()) : null)
        .withArrayMaxItemsResolver(scope -> value(scope).kind() == Kind.LIST ? shape(scope).under(limits).maxItems() : null);
  }

  /** What the library should not look into: its schema depends on the dialect of {@link Json}, not on the class. */
  private static @Nullable CustomDefinition plainType(ResolvedType type) {
    var raw = type.getErasedType();
    var node = Json.MAPPER.createObjectNode();
    if (raw == JsonNode.class) {
      return new CustomDefinition(node, CustomDefinition.INLINE_DEFINITION, CustomDefinition.INCLUDING_ATTRIBUTES);
    }
    if (raw == ObjectNode.class) {
      node.put("type", "object");
    } else if (raw == UUID.class) {
      node.put("type", "string").put("format", "uuid");
    } else if (raw == Instant.class || raw == OffsetDateTime.class) {
      node.put("type", "string").put("format", "date-time");
    } else if (raw == NamespacePath.class) {
      node.put("type", "string").put("maxLength", NamespacePath.MAX_LENGTH).put("pattern", NamespacePath.PATTERN);
    } else if (raw.isEnum()) {
      var words = node.put("type", "string").putArray("enum");
      ValueShape.of(raw, List.of()).choices().forEach(words::add);
    } else {
      return null;
    }
    return new CustomDefinition(node, CustomDefinition.INLINE_DEFINITION, CustomDefinition.INCLUDING_ATTRIBUTES);
  }

  private static FieldShape shape(FieldScope scope) {
    return RecordShape.of(scope.getDeclaringType().getErasedType()).ofComponent(scope.getDeclaredName());
  }

  /** The shape of the value the scope is about: the field's, or its elements'. */
  private static ValueShape value(FieldScope scope) {
    var value = shape(scope).value();
    return scope.isFakeContainerItemScope() ? value.leaf() : value;
  }

  private static int place(MemberScope<?, ?> scope) {
    var shape = RecordShape.of(scope.getDeclaringType().getErasedType());
    return shape.fields().indexOf(shape.ofComponent(scope.getDeclaredName()));
  }

  private static boolean isText(FieldScope scope) {
    return value(scope).kind() == Kind.TEXT;
  }

  private static boolean isFreeText(FieldScope scope) {
    return isText(scope) && value(scope).choices().isEmpty();
  }

  private static boolean isNumber(FieldScope scope) {
    var kind = value(scope).kind();
    return kind == Kind.INTEGER || kind == Kind.NUMBER;
  }

  private static boolean mayBeNull(FieldScope scope) {
    return !scope.isFakeContainerItemScope() && !shape(scope).required() && !shape(scope).leftOutWhenNull()
        && value(scope).kind() != Kind.ANY
        && !value(scope).type().isPrimitive();
  }

  /** The ends of long are not told: nobody comes near them but by mistake, which the reader refuses. */
  private static @Nullable BigDecimal bound(long said) {
    return said == Long.MIN_VALUE || said == Long.MAX_VALUE ? null : BigDecimal.valueOf(said);
  }

  private static @Nullable Integer positive(int length) {
    return length > 0 ? length : null;
  }

  private static @Nullable String description(FieldScope scope) {
    return scope.isFakeContainerItemScope() ? null : emptyToNull(shape(scope).description());
  }

  private static @Nullable Collection<?> choices(FieldScope scope) {
    var choices = value(scope).choices();
    return choices.isEmpty() || value(scope).type().isEnum() ? null : choices;
  }

  private static @Nullable Object defaultValue(FieldScope scope, Limits limits) {
    var shape = shape(scope).under(limits);
    return shape.def().isEmpty() || scope.isFakeContainerItemScope() ? null : parse(shape, shape.def());
  }

  private static void addWhatTheLibraryLacks(ObjectNode node, FieldScope scope, boolean input) {
    if (input && value(scope).kind() == Kind.MAP) {
      node.put("maxProperties", shape(scope).maxItems());
    }
    var field = shape(scope).field();
    if (field != null && !field.example().isEmpty() && !scope.isFakeContainerItemScope()) {
      node.putArray("examples").add(parse(shape(scope), field.example()));
    }
  }

  private static JsonNode parse(FieldShape shape, String json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      var record = shape.component().getDeclaringRecord().getName();
      throw new IllegalStateException(
          "field '" + shape.name() + "' of " + record + " has a default or example that is not JSON: " + json, e);
    }
  }

  private static @Nullable String emptyToNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
