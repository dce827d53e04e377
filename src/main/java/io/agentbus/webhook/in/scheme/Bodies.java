package io.agentbus.webhook.in.scheme;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.http.JsonBody;
import io.agentbus.http.MediaTypes;
import io.agentbus.http.QueryString;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads bodies of proven requests. */
final class Bodies {
  static final String FORM = "application/x-www-form-urlencoded";
  /** Largest form: it is decoded as a whole. */
  private static final int LARGEST_FORM = 4 << 20;
  private static final int MOST_FIELDS = 1_000;

  private Bodies() {}

  static JsonNode json(Received request) {
    if (request.body().length == 0) {
      throw ProblemException.invalid("", "The body is empty.");
    }
    if (request.isLarge() && MediaTypes.isJson(request.contentType())) {
      return Sketch.of(request.body());
    }
    return JsonBody.any(request.contentType(), request.body());
  }

  /** The JSON in a text of the request. */
  static JsonNode json(String text) {
    return JsonBody.any("application/json", text.getBytes(StandardCharsets.UTF_8));
  }

  /** The JSON of the body, or of the field {@code payload} of a form; a form without that field is an object of its fields. */
  static JsonNode jsonOrForm(Received request) {
    if (!request.mediaType().equals(FORM)) {
      return json(request);
    }
    var fields = form(request);
    var payload = fields.get("payload");
    if (payload != null) {
      return request.isLarge() ? Sketch.of(payload.getFirst().getBytes(StandardCharsets.UTF_8)) : json(payload.getFirst());
    }
    var object = Json.MAPPER.createObjectNode();
    fields.forEach((name, values) -> object.put(name, values.getFirst()));
    return object;
  }

  /** What a large request says, as JSON: its body, or the field {@code payload} of its form. */
  static byte[] raw(Received request) {
    if (!request.mediaType().equals(FORM)) {
      return request.body();
    }
    var payload = form(request).get("payload");
    return payload == null ? Json.text(jsonOrForm(request)).getBytes(StandardCharsets.UTF_8) : payload.getFirst().getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, List<String>> form(Received request) {
    if (request.body().length > LARGEST_FORM) {
      throw ProblemException.of(ProblemCode.PAYLOAD_TOO_LARGE, "A form has at most " + LARGEST_FORM + " bytes; send JSON.");
    }
    var text = utf8(request.body());
    if (text.chars().filter(c -> c == '&').count() >= MOST_FIELDS) {
      throw ProblemException.invalid("", "The form has more than " + MOST_FIELDS + " fields.");
    }
    try {
      var fields = QueryString.parse(text);
      for (var field : fields.entrySet()) {
        if (field.getValue().size() > 1) {
          throw ProblemException.invalid("", "A field of the form comes twice.");
        }
      }
      return fields;
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid("", "The body is not a form that is read here.");
    }
  }

  static String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw ProblemException.invalid("", "The body is not UTF-8.");
    }
  }

  /** The text of a field, or null when there is none or it is no text. */
  static @Nullable String text(JsonNode object, String field) {
    var value = object.get(field);
    return value == null || !value.isTextual() || value.textValue().isBlank() ? null : value.textValue();
  }

  /** The first text there is, else {@code otherwise}. */
  static String first(String otherwise, @Nullable String... candidates) {
    for (var candidate : candidates) {
      if (candidate != null) {
        return candidate;
      }
    }
    return otherwise;
  }
}
