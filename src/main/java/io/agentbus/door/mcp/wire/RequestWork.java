package io.agentbus.door.mcp.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.content.Work;
import io.agentbus.door.mcp.rpc.Frames;
import io.agentbus.op.Json;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request whose messages go into an outbox.
 *
 * @param asker who asks
 * @param meta what the request says beside its parameters
 * @param answers to what was asked before
 * @param state kept by the client since
 * @param outbox where messages go
 * @param logLevel least level that the client wants; null for none at all
 * @param onLetGo lets the connection go
 */
public record RequestWork(Asker asker, ObjectNode meta, ObjectNode answers, @Nullable JsonNode state, Outbox outbox,
    Supplier<@Nullable LogLevel> logLevel, Runnable onLetGo) implements Work {

  /** The same request with the client's answers. */
  public RequestWork with(ObjectNode newAnswers, @Nullable JsonNode newState) {
    return new RequestWork(asker, meta, newAnswers, newState, outbox, logLevel, onLetGo);
  }

  private @Nullable JsonNode token() {
    var token = meta.get("progressToken");
    return token != null && (token.isTextual() || token.isIntegralNumber()) ? token : null;
  }

  @Override
  public boolean wantsProgress() {
    return token() != null;
  }

  @Override
  public void progress(double done, @Nullable Double total, @Nullable String message) {
    var token = token();
    if (token != null) {
      var params = Json.MAPPER.createObjectNode();
      params.set("progressToken", token);
      params.put("progress", done);
      if (total != null) {
        params.put("total", total);
      }
      if (message != null) {
        params.put("message", message);
      }
      outbox.add(Frames.notification("notifications/progress", params));
    }
  }

  @Override
  public void log(String level, JsonNode data) {
    var said = LogLevel.ofWire(level);
    var wanted = logLevel.get();
    if (said != null && wanted != null && said.compareTo(wanted) >= 0) {
      var params = Json.MAPPER.createObjectNode().put("level", level);
      params.set("data", data);
      outbox.add(Frames.notification("notifications/message", params));
    }
  }

  @Override
  public void letGo() {
    onLetGo.run();
  }
}
