package io.agentbus.door.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.bus.Addresses;
import io.agentbus.bus.Messages;
import io.agentbus.bus.RequestHeaders;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests to the agents of one connection: they come over the event bus and go to the client with a reply address of
 * its own; what the client sends there answers them. The client never learns an address of the event bus.
 */
final class AgentLine {
  private static final int GONE = 503;
  private static final int BUSY = 429;

  private final Messages messages;
  private final Wire wire;
  private final Replies replies;
  private final Consumer<byte[]> client;
  private volatile boolean closed;

  /** @param client takes frames for the client */
  AgentLine(Messages messages, Wire wire, BridgeLimits limits, Consumer<byte[]> client) {
    this.messages = messages;
    this.wire = wire;
    this.replies = new Replies(limits.replies(), limits.reply());
    this.client = client;
  }

  /**
   * Takes the requests of an agent from now on: of the caller itself, or of one in a namespace that it operates.
   *
   * @throws ProblemException {@code forbidden}
   */
  AutoCloseable open(String address, Caller caller) {
    if (!isOwn(address, caller) && !isOperated(address, caller)) {
      throw ProblemException.of(ProblemCode.FORBIDDEN, "Requests to an agent go to itself, or to an operator of its namespace.");
    }
    return messages.listen(address, message -> receive(address, caller, message));
  }

  private static boolean isOwn(String address, Caller caller) {
    return caller.isAgent() && address.equals(Addresses.agent(caller.home().value(), caller.name()));
  }

  /** A dot may belong to the namespace or to the name: the caller must operate every namespace that could be meant. */
  private static boolean isOperated(String address, Caller caller) {
    var place = address.substring(Addresses.AGENT.length());
    var meant = 0;
    for (var dot = place.indexOf('.'); dot >= 0; dot = place.indexOf('.', dot + 1)) {
      var namespace = place.substring(0, dot);
      if (NamespacePath.isValid(namespace) && dot < place.length() - 1) {
        meant++;
        if (!caller.isOperator() || !caller.sees(new NamespacePath(namespace))) {
          return false;
        }
      }
    }
    return meant > 0;
  }

  /** Two agents can have one address, as a name may hold dots too: what comes from behind the caller's walls is not for this one. */
  private static boolean isForAnother(Caller caller, @Nullable Object body) {
    return body instanceof JsonObject object && object.getValue("namespace") instanceof String namespace
        && (!NamespacePath.isValid(namespace) || !caller.sees(new NamespacePath(namespace)));
  }

  private void receive(String address, Caller caller, Message<Object> message) {
    if (isForAnother(caller, message.body())) {
      message.fail(GONE, "The agent that took this address is another one.");
      return;
    }
    var reply = closed ? null : replies.add(message);
    if (reply == null) {
      message.fail(closed ? GONE : BUSY, closed ? "The agent's connection has ended." : "The agent leaves too many requests unanswered.");
      return;
    }
    var patience = message.headers().get(RequestHeaders.TIMEOUT);
    var headers = patience == null ? Map.<String, String>of() : Map.of(RequestHeaders.TIMEOUT, patience);
    client.accept(wire.message(address, message.replyAddress() == null ? null : reply, headers, json(message.body()), message.isSend()));
  }

  /** Hands on what the client sends to a reply address; false when it is none, or one no more. */
  boolean answer(Frame frame) {
    var request = replies.take(frame.address());
    if (request == null) {
      return false;
    }
    if (frame.failureCode() != null) {
      request.fail(frame.failureCode(), frame.message());
    } else {
      request.reply(value(frame.body()));
    }
    return true;
  }

  /** Nobody will answer any more. */
  void close() {
    closed = true;
    replies.drain().forEach(request -> request.fail(GONE, "The agent's connection has ended."));
  }

  private static byte[] json(@Nullable Object body) {
    var text = switch (body) {
      case null -> "null";
      case JsonObject object -> object.encode();
      case JsonArray array -> array.encode();
      case Buffer bytes -> Json.text(Json.MAPPER.getNodeFactory().textNode(bytes.toString()));
      default -> Json.text(Json.MAPPER.valueToTree(body));
    };
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable Object value(JsonNode body) {
    return switch (body.getNodeType()) {
      case OBJECT -> new JsonObject(Json.text(body));
      case ARRAY -> new JsonArray(Json.text(body));
      case STRING -> body.textValue();
      case BOOLEAN -> body.booleanValue();
      case NUMBER -> body.isIntegralNumber() ? (Object) body.longValue() : (Object) body.doubleValue();
      default -> null;
    };
  }
}
