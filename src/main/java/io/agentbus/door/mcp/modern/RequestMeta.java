package io.agentbus.door.mcp.modern;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.door.mcp.rpc.RpcMessage.Request;
import org.jspecify.annotations.Nullable;

/**
 * What every request says of itself and its client.
 *
 * @param all the whole of {@code _meta}
 * @param version of the protocol it is written in
 * @param capabilities of the client, in the form of {@code ClientCapabilities}
 * @param logLevel least level of messages it wants; null for none
 */
record RequestMeta(ObjectNode all, String version, ObjectNode capabilities, @Nullable String logLevel) {
  private static final String PREFIX = "io.modelcontextprotocol/";
  /** By this a request shows that it is of this era. */
  static final String VERSION = PREFIX + "protocolVersion";

  /** @throws RpcError invalid params (400) when a part that must be there is not */
  static RequestMeta of(Request request) {
    if (!(request.params().get("_meta") instanceof ObjectNode meta)) {
      throw missing("_meta");
    }
    if (!meta.path(VERSION).isTextual()) {
      throw missing("_meta[\"" + VERSION + "\"]");
    }
    if (!(meta.get(PREFIX + "clientCapabilities") instanceof ObjectNode capabilities)) {
      throw missing("_meta[\"" + PREFIX + "clientCapabilities\"]");
    }
    return new RequestMeta(meta, meta.get(VERSION).textValue(), capabilities, meta.path(PREFIX + "logLevel").textValue());
  }

  private static RpcError missing(String what) {
    return RpcError.of(RpcError.INVALID_PARAMS, 400, "params." + what + " is missing.", null);
  }
}
