package io.agentbus.op;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.util.RawValue;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.agentbus.namespace.NamespacePath;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * The one JSON dialect of the bus: snake_case names, enums in lower case, RFC 3339 times in UTC, no duplicate keys,
 * bounded depth.
 */
public final class Json {
  /** Deepest nesting read (SPEC limit). */
  public static final int MAX_DEPTH = 64;

  /** Shared and thread-safe. */
  public static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
          // Buffers of a pool that all threads share: with the usual one each thread has its own, and a virtual thread lives for one call.
          .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .build())
      .addModule(new JavaTimeModule())
      .addModule(new SimpleModule("agentbus").addSerializer(NamespacePath.class, ToStringSerializer.instance)
          .addSerializer(OffsetDateTime.class, new TimeSerializer()))
      .annotationIntrospector(new LowerCaseEnums())
      .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
      .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
      .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
      .build();

  private Json() {}

  /**
   * JSON that is text already, to be written out as it stands. It has no fields to read.
   *
   * @param json valid JSON, such as Postgres gives; null becomes JSON null
   */
  public static JsonNode raw(@Nullable String json) {
    return json == null ? NullNode.getInstance() : new POJONode(new RawValue(json));
  }

  /** Compact JSON text of a tree. */
  public static String text(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree could not be written", e);
    }
  }

  /** Gives every enum constant its wire word, so that no enum needs annotations. */
  private static final class LowerCaseEnums extends JacksonAnnotationIntrospector {
    @Override
    public String[] findEnumValues(MapperConfig<?> config, AnnotatedClass type, Enum<?>[] constants, String[] names) {
      for (var i = 0; i < constants.length; i++) {
        names[i] = ValueShape.wire(constants[i]);
      }
      return super.findEnumValues(config, type, constants, names);
    }
  }
}
