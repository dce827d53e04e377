package io.agentbus.door.mcp.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import org.jspecify.annotations.Nullable;

/** A refusal of the protocol itself, with the HTTP status it comes with where the answer has not begun yet. */
public final class RpcError extends RuntimeException {
  public static final int PARSE_ERROR = -32700;
  public static final int INVALID_REQUEST = -32600;
  public static final int METHOD_NOT_FOUND = -32601;
  public static final int INVALID_PARAMS = -32602;
  public static final int INTERNAL = -32603;
  /** Of the sessions' era; in 2026-07-28 it is {@link #INVALID_PARAMS}. */
  public static final int RESOURCE_NOT_FOUND = -32002;
  public static final int HEADER_MISMATCH = -32020;
  public static final int MISSING_CAPABILITY = -32021;
  public static final int UNSUPPORTED_VERSION = -32022;

  private final int code;
  private final int status;
  private final transient @Nullable JsonNode data;
  private final transient @Nullable JsonNode id;

  private RpcError(int code, int status, String message, @Nullable JsonNode data, @Nullable JsonNode id) {
    // No stack trace: it is an answer.
    super(message, null, false, false);
    this.code = code;
    this.status = status;
    this.data = data;
    this.id = id;
  }

  /**
   * Any.
   *
   * @param status of the HTTP answer
   * @param data for programs; null for none
   */
  public static RpcError of(int code, int status, String message, @Nullable JsonNode data) {
    return new RpcError(code, status, message, data, null);
  }

  /** The body is no JSON. */
  public static RpcError parseError(String message) {
    return of(PARSE_ERROR, 400, message, null);
  }

  /** The body is no message, or none that may come now. */
  public static RpcError invalidRequest(String message) {
    return of(INVALID_REQUEST, 400, message, null);
  }

  /** There is no such method in this era. */
  public static RpcError methodNotFound(String method) {
    return of(METHOD_NOT_FOUND, 404, "There is no method '" + Shortened.of(method) + "' here.", null);
  }

  /** The parameters of a call that was otherwise understood are wrong: told with HTTP 200. */
  public static RpcError invalidParams(String message) {
    return of(INVALID_PARAMS, 200, message, null);
  }

  /** The call needs what the client did not declare. @param required in the form of ClientCapabilities */
  public static RpcError missingCapability(ObjectNode required) {
    var data = Json.MAPPER.createObjectNode();
    data.set("requiredCapabilities", required);
    return of(MISSING_CAPABILITY, 400, "The client has not declared a capability that this needs: " + Json.text(required)
        + ".", data);
  }

  /** There is no such resource. */
  public static RpcError noSuchResource(String uri) {
    return of(INVALID_PARAMS, 200, "There is no resource " + Shortened.of(uri) + " here.",
        Json.MAPPER.createObjectNode().put("uri", uri));
  }

  /** The same refusal as the answer to a request. */
  public RpcError answering(JsonNode requestId) {
    return new RpcError(code, status, String.valueOf(getMessage()), data, requestId);
  }

  /** The same refusal with another code, for an era that has another. */
  public RpcError withCode(int other) {
    return new RpcError(other, status, String.valueOf(getMessage()), data, id);
  }

  public int code() {
    return code;
  }

  public int status() {
    return status;
  }

  public @Nullable JsonNode data() {
    return data;
  }

  /** The request it answers; null when that could not be read. */
  public @Nullable JsonNode id() {
    return id;
  }
}
