package io.agentbus.door.bridge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The two protocols, which differ in a few words of what the server says. Frames are UTF-8 JSON. */
enum Wire {
  /** vertx-tcp-eventbus-bridge. */
  TCP,
  /** The SockJS bridge of vertx-web, also over a plain WebSocket. */
  SOCKJS;

  /** Failure types of {@code ReplyFailure} that clients look at. */
  static final String RECIPIENT_FAILURE = "RECIPIENT_FAILURE";
  static final String ERROR = "ERROR";

  /**
   * Something for an address of the client.
   *
   * @param replyAddress where the client may answer; null = nowhere
   * @param headers of a reply; empty for none
   * @param body JSON
   * @param send whether it goes to one receiver; a published one goes to all
   */
  byte[] message(String address, @Nullable String replyAddress, Map<String, String> headers, byte[] body, boolean send) {
    var head = Json.MAPPER.createObjectNode().put("type", this == TCP ? "message" : "rec").put("address", address);
    if (replyAddress != null) {
      head.put("replyAddress", replyAddress);
    }
    if (this == TCP || !headers.isEmpty()) {
      headers.forEach(head.putObject("headers")::put);
    }
    if (this == TCP) {
      head.put("send", send);
    }
    var start = bytes(head);
    var frame = new ByteArrayOutputStream(start.length + body.length + 10);
    frame.write(start, 0, start.length - 1);
    frame.writeBytes(BODY);
    frame.writeBytes(body);
    frame.write('}');
    return frame.toByteArray();
  }

  private static final byte[] BODY = ",\"body\":".getBytes(StandardCharsets.UTF_8);

  /** The answer to a ping; null where the protocol has none. */
  byte @Nullable [] pong() {
    return this == TCP ? bytes(Json.MAPPER.createObjectNode().put("type", "pong")) : null;
  }

  /** A refusal that belongs to no request. @param detail a sentence; empty for none */
  byte[] error(Denial denial, String detail) {
    return bytes(errorOf(denial, detail));
  }

  /**
   * The refusal of a frame that named an address where its sender listens, so that this hears of it.
   *
   * @param hearer where the client waits: the replyAddress of a send, the address of a register
   * @param address that was refused
   */
  byte[] error(Denial denial, String detail, String hearer, String address) {
    var error = errorOf(denial, detail).put("address", hearer).put("sourceAddress", address).put("failureCode", 403).put("failureType", ERROR);
    return bytes(error.put("message", denial.word(this)));
  }

  private ObjectNode errorOf(Denial denial, String detail) {
    var error = Json.MAPPER.createObjectNode().put("type", "err").put(this == TCP ? "message" : "body", denial.word(this));
    return detail.isEmpty() ? error : error.put("detail", detail);
  }

  /** A request that its receiver refused. */
  byte[] failure(String replyAddress, String address, int code, String type, String message) {
    return bytes(Json.MAPPER.createObjectNode().put("type", "err").put("address", replyAddress).put("sourceAddress", address)
        .put("failureCode", code).put("failureType", type).put("message", message));
  }

  private static byte[] bytes(ObjectNode json) {
    return Json.text(json).getBytes(StandardCharsets.UTF_8);
  }
}
