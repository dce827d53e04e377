package io.agentbus.door.mcp.modern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.rpc.Revision;
import io.agentbus.door.mcp.rpc.RpcMessage.Request;
import io.agentbus.door.mcp.rpc.Shortened;
import io.vertx.core.MultiMap;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the headers that mirror the body to it, so that nothing between client and node can be told one thing and the node
 * another.
 */
final class MirroredHeaders {
  private static final String METHOD = "Mcp-Method";
  private static final String NAME = "Mcp-Name";
  private static final String PARAMETER = "Mcp-Param-";
  /** The parameter that names what a method is about. */
  private static final Map<String, String> NAMED = Map.of("tools/call", "name", "prompts/get", "name", "resources/read",
      "uri", "tasks/get", "taskId", "tasks/update", "taskId", "tasks/cancel", "taskId");

  private final MultiMap headers;

  MirroredHeaders(MultiMap headers) {
    this.headers = headers;
  }

  /** Checks revision, method and name. @param version what the body says */
  void check(Request request, String version) {
    expect(Revision.HEADER, version);
    expect(METHOD, request.method());
    var parameter = NAMED.get(request.method());
    if (parameter != null && request.params().path(parameter).isTextual()) {
      var name = required(NAME);
      if (!HeaderValue.decode(NAME, name).equals(request.params().get(parameter).textValue())) {
        throw differs(NAME, name);
      }
    }
  }

  /** Checks the headers of those arguments that the tool's input schema marks. */
  void checkArguments(ObjectNode tool, JsonNode arguments) {
    checkProperties(tool.path("inputSchema"), arguments);
  }

  private void checkProperties(JsonNode schema, JsonNode values) {
    for (var property : schema.path("properties").properties()) {
      var mark = property.getValue().path("x-mcp-header");
      var value = values.path(property.getKey());
      if (mark.isTextual()) {
        checkArgument(PARAMETER + mark.textValue(), value.isNull() || value.isMissingNode() ? null : value);
      }
      checkProperties(property.getValue(), value);
    }
  }

  private void checkArgument(String header, @Nullable JsonNode value) {
    var sent = one(header);
    if (value == null && sent == null) {
      return;
    }
    if (sent == null) {
      throw HeaderValue.mismatch("The header " + header + " is missing; the argument it mirrors is in the body.");
    }
    if (value == null || !same(HeaderValue.decode(header, sent), value)) {
      throw differs(header, sent);
    }
  }

  private static boolean same(String header, JsonNode value) {
    if (!value.isNumber()) {
      return header.equals(value.asText());
    }
    try {
      return header.length() <= 40 && new BigDecimal(header).compareTo(value.decimalValue()) == 0;
    } catch (NumberFormatException notANumber) {
      return false;
    }
  }

  private void expect(String header, String value) {
    var sent = required(header);
    if (!sent.strip().equals(value)) {
      throw differs(header, sent);
    }
  }

  private String required(String header) {
    var sent = one(header);
    if (sent == null) {
      throw HeaderValue.mismatch("The header " + header + " is missing.");
    }
    return sent;
  }

  private @Nullable String one(String header) {
    var sent = headers.getAll(header);
    if (sent.size() > 1) {
      throw HeaderValue.mismatch("The header " + header + " is sent more than once.");
    }
    return sent.isEmpty() ? null : sent.getFirst();
  }

  private static RuntimeException differs(String header, String sent) {
    return HeaderValue.mismatch("The header " + header + " says '" + Shortened.of(sent) + "', the body something else.");
  }
}
