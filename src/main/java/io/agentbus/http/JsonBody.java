package io.agentbus.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import io.agentbus.problem.JsonFault;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a request body as one JSON object, and says in words where it is not one. */
public final class JsonBody {
  private JsonBody() {}

  /**
   * The object in the body; an empty body and {@code null} are an empty object.
   *
   * @param contentType the header; must be JSON in UTF-8 when there is a body, so that a page's plain form cannot call
   * @throws ProblemException {@code unsupported_media_type}, or {@code invalid_input} with line and column
   */
  public static ObjectNode object(@Nullable String contentType, byte[] body) {
    if (body.length == 0) {
      return Json.MAPPER.createObjectNode();
    }
    var node = any(contentType, body);
    return switch (node) {
      case ObjectNode object -> object;
      case JsonNode other when other.isNull() || other.isMissingNode() -> Json.MAPPER.createObjectNode();
      default -> throw ProblemException.invalid("", "The body must be a JSON object, not "
          + (node.isArray() ? "an array" : "a " + node.getNodeType().name().toLowerCase(Locale.ROOT)) + ".");
    };
  }

  /** Any JSON value in the body. */
  public static JsonNode any(@Nullable String contentType, byte[] body) {
    if (!MediaTypes.isJson(contentType)) {
      throw ProblemException.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE, contentType == null
          ? "The body has no Content-Type; send application/json."
          : "The Content-Type '" + AccessLog.clean(contentType) + "' is not application/json in UTF-8.");
    }
    try {
      return Json.MAPPER.readTree(body);
    } catch (StreamConstraintsException e) {
      throw ProblemException.invalid("", "The JSON is larger than is read here" + where(e) + ": it may nest "
          + Json.MAX_DEPTH + " deep and hold numbers of at most 1000 digits.");
    } catch (IOException e) {
      var fault = JsonFault.in(body, Json.MAX_DEPTH);
      throw ProblemException.invalid("", fault == null ? "The body is not JSON that is read here."
          : "The body is not JSON: " + fault + ".");
    }
  }

  private static String where(JsonProcessingException e) {
    var at = e.getLocation();
    return at == null || at.getLineNr() < 0 ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
  }
}
