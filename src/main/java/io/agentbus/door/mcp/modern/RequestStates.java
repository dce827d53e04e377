package io.agentbus.door.mcp.modern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.crypto.StateSeal;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code requestState} that a client carries from a question to its answer: sealed, good for a short time, and only for
 * the same caller and the same request.
 */
final class RequestStates {
  private static final Duration LIFE = Duration.ofMinutes(10);
  /** What changes between the two requests that a state ties together. */
  private static final List<String> OWN = List.of("_meta", "inputResponses", "requestState");
  private static final ObjectMapper CANONICAL =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  private final StateSeal seal;

  RequestStates(StateSeal seal) {
    this.seal = seal;
  }

  String close(JsonNode state, Caller caller, String method, ObjectNode params) {
    try {
      return seal.close(Json.MAPPER.writeValueAsBytes(state), context(caller, method, params), LIFE);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a request state cannot be written", e);
    }
  }

  /** The state in the parameters; null when they have none. @throws RpcError invalid params for one that is not good here */
  @Nullable JsonNode open(Caller caller, String method, ObjectNode params) {
    var closed = params.get("requestState");
    if (closed == null) {
      return null;
    }
    var state = closed.isTextual() ? seal.open(closed.textValue(), context(caller, method, params)) : null;
    if (state == null || state.isEmpty()) {
      throw RpcError.invalidParams("This requestState is not one that was given to this caller for this request, or it is"
          + " older than " + LIFE.toMinutes() + " minutes. Send the request again without it.");
    }
    try {
      return Json.MAPPER.readTree(state.get());
    } catch (IOException e) {
      throw new IllegalStateException("a sealed state is not JSON", e);
    }
  }

  private static String context(Caller caller, String method, ObjectNode params) {
    var salient = params.deepCopy().without(OWN);
    try {
      // A tree is written in its own order; a map of it in the order of its keys.
      var plain = CANONICAL.writeValueAsBytes(CANONICAL.convertValue(salient, Object.class));
      var digest = MessageDigest.getInstance("SHA-256").digest(plain);
      return caller.tokenId() + "\n" + caller.actor() + "\n" + method + "\n" + HexFormat.of().formatHex(digest);
    } catch (JsonProcessingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("parameters cannot be digested", e);
    }
  }
}
