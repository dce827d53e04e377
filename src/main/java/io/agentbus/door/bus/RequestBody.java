package io.agentbus.door.bus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.http.JsonBody;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.json.EncodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the body of a request as the input of an operation. */
final class RequestBody {
  private RequestBody() {}

  /**
   * The input: a {@link JsonObject}, or nothing for an empty one.
   *
   * @param most bytes of JSON that are taken
   * @throws ProblemException {@code invalid_input}, {@code payload_too_large}
   */
  static ObjectNode object(@Nullable Object body, int most) {
    return switch (body) {
      case null -> Json.MAPPER.createObjectNode();
      case JsonObject object -> read(object, most);
      default -> throw ProblemException.invalid("", "The body must be a JsonObject, not a " + body.getClass().getSimpleName() + ".");
    };
  }

  /** By way of its text, so that what is refused over HTTP is refused here. */
  private static ObjectNode read(JsonObject object, int most) {
    if (deeperThan(object, Json.MAX_DEPTH)) {
      throw ProblemException.invalid("", "The body nests deeper than " + Json.MAX_DEPTH + " levels.");
    }
    byte[] json;
    try {
      json = object.toBuffer().getBytes();
    } catch (EncodeException e) {
      throw ProblemException.invalid("", "The body cannot be written as JSON: it holds a value that JSON does not have.");
    }
    if (json.length > most) {
      throw ProblemException.of(ProblemCode.PAYLOAD_TOO_LARGE, "The body is larger than " + most + " bytes.").with("limit_bytes", most);
    }
    return JsonBody.object("application/json", json);
  }

  /** Looked at before it is written: a writer goes as deep as the value does, and its stack does not. */
  private static boolean deeperThan(@Nullable Object value, int levels) {
    Collection<?> inner = switch (value) {
      case JsonObject object -> object.getMap().values();
      case JsonArray array -> array.getList();
      case Map<?, ?> map -> map.values();
      case List<?> list -> list;
      case null, default -> null;
    };
    return inner != null && (levels == 0 || inner.stream().anyMatch(one -> deeperThan(one, levels - 1)));
  }
}
