package io.agentbus.door.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client of a bridge over a real socket, which says exactly what a test wants it to. */
public abstract class BridgeClient implements AutoCloseable {
  /** Stands in the queue for the end of the connection. */
  private static final JsonNode END = Json.MAPPER.createObjectNode().put("type", "closed");
  private static final long PATIENCE_SECONDS = 10;

  private final BlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>();

  /** Sends bytes as one frame. */
  abstract void sendFrame(byte[] frame) throws Exception;

  /** Sends a frame. @param json quotes may be single */
  public final void send(String json) throws Exception {
    sendFrame(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  /** Sends a request and waits for its answer, passing over what else comes. @param body JSON; quotes may be single */
  public final JsonNode request(String address, String body) throws Exception {
    return request(address, body, "{}");
  }

  public final JsonNode request(String address, String body, String headers) throws Exception {
    var reply = UUID.randomUUID().toString();
    send("{'type': 'send', 'address': '" + address + "', 'replyAddress': '" + reply + "', 'headers': " + headers + ", 'body': " + body + "}");
    for (var next = next(); ; next = next()) {
      if (next == END) {
        throw new AssertionError("closed instead of an answer");
      }
      if (next.path("address").asText().equals(reply)) {
        return next;
      }
    }
  }

  /** The next frame; the connection's end is one of type {@code closed}. */
  public final JsonNode next() throws InterruptedException {
    var next = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing came");
    }
    return next;
  }

  /** What came until now and was not looked at. */
  final int waiting() {
    return heard.size();
  }

  /** Waits for the end of the connection; the words of the last error before it. */
  final String awaitEnd() throws InterruptedException {
    var last = "";
    for (var next = next(); next != END; next = next()) {
      last = word(next);
    }
    return last;
  }

  /** The word of an error, wherever the protocol has it; empty for another frame. */
  static String word(JsonNode frame) {
    return frame.path("type").asText().equals("err") ? frame.path("body").asText(frame.path("message").asText()) : "";
  }

  /** The problem in a failure. */
  public static ObjectNode problem(JsonNode failure) throws IOException {
    return (ObjectNode) Json.MAPPER.readTree(failure.path("message").asText());
  }

  final void hear(byte[] frame) {
    try {
      heard.add(Json.MAPPER.readTree(frame));
    } catch (IOException e) {
      throw new IllegalStateException("not JSON: " + new String(frame, StandardCharsets.UTF_8), e);
    }
  }

  final void end() {
    heard.add(END);
  }

  @Override
  public abstract void close() throws Exception;
}
