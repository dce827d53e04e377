package io.agentbus.bus;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;

/**
 * JSON of ours as Vert.x carries it, with every number as it stands: Vert.x itself would read a fraction as a double. What is read here
 * was written by this node, and so has no limits but those of the reader.
 */
final class ExactJson {
  private static final ObjectReader OBJECTS = JsonMapper.builder(JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNumberLength(Integer.MAX_VALUE).build()).build())
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build()
      .readerFor(new TypeReference<LinkedHashMap<String, Object>>() {});

  private ExactJson() {}

  /** @param json a JSON object in UTF-8 */
  static JsonObject object(byte[] json) {
    try {
      return new JsonObject(OBJECTS.<LinkedHashMap<String, Object>>readValue(json));
    } catch (IOException e) {
      throw new UncheckedIOException("what goes onto the event bus is no JSON object", e);
    }
  }
}
