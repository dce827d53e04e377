package io.agentbus.door.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.agentbus.op.Json;
import io.agentbus.op.Made;
import io.agentbus.op.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * What headers and status need to know of an answer, read from its own top level alone.
 *
 * @param id of the thing answered
 * @param duplicate whether the thing was there before
 * @param next cursor of the next page
 */
record AnswerScan(@Nullable String id, boolean duplicate, @Nullable String next) {

  /** The same without a look at the JSON where the output tells it. */
  static AnswerScan of(Reply reply) {
    return reply.output() instanceof Made made ? new AnswerScan(made.id().toString(), Boolean.TRUE.equals(made.duplicate()), null)
        : of(reply.json());
  }

  static AnswerScan of(byte[] json) {
    String id = null;
    var duplicate = false;
    String next = null;
    try (var parser = Json.MAPPER.createParser(json)) {
      // We have written it ourselves.
      parser.disable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return new AnswerScan(null, false, null);
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        var name = parser.currentName();
        var value = parser.nextToken();
        switch (name) {
          case "id" -> id = value.isScalarValue() && value != JsonToken.VALUE_NULL ? parser.getText() : null;
          case "duplicate" -> duplicate = value == JsonToken.VALUE_TRUE;
          case "next" -> next = value == JsonToken.VALUE_STRING ? parser.getText() : null;
          default -> { }
        }
        parser.skipChildren();
      }
      return new AnswerScan(id, duplicate, next);
    } catch (IOException e) {
      throw new UncheckedIOException("an answer of the catalogue is not JSON", e);
    }
  }
}
