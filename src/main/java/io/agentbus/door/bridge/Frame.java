package io.agentbus.door.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.agentbus.op.Json;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a client says.
 *
 * @param type the verb
 * @param address empty when the verb needs none
 * @param body JSON null when none came
 * @param headers the object, or a missing node
 * @param replyAddress where the client waits for the answer
 * @param failureCode of an answer that refuses
 * @param message of an answer that refuses
 */
record Frame(Type type, String address, JsonNode body, JsonNode headers, @Nullable String replyAddress, @Nullable Integer failureCode,
    String message) {
  /** Clients make them of a UUID. */
  static final int LONGEST_REPLY_ADDRESS = 36;
  /** Of an agent with the longest namespace and name. */
  static final int LONGEST_ADDRESS = 640;

  /** What a client may say. */
  enum Type {
    SEND, PUBLISH, REGISTER, UNREGISTER, PING;

    static @Nullable Type of(String word) {
      for (var type : values()) {
        if (type.name().toLowerCase(Locale.ROOT).equals(word)) {
          return type;
        }
      }
      return null;
    }
  }

  /** A frame that cannot be read. */
  static final class Unreadable extends Exception {
    final transient Denial denial;

    Unreadable(Denial denial) {
      super(denial.name(), null, false, false);
      this.denial = denial;
    }
  }

  /** Reads a frame: valid JSON without duplicate names, at most {@value Json#MAX_DEPTH} deep. */
  static Frame read(byte[] json) throws Unreadable {
    var frame = parse(json);
    var type = frame.path("type");
    if (!type.isTextual()) {
      throw new Unreadable(Denial.MISSING_TYPE);
    }
    var verb = Type.of(type.textValue());
    if (verb == null) {
      throw new Unreadable(Denial.UNKNOWN_TYPE);
    }
    var address = frame.path("address");
    if (verb != Type.PING && (!address.isTextual() || address.textValue().isEmpty())) {
      throw new Unreadable(Denial.MISSING_ADDRESS);
    }
    if (address.asText().length() > LONGEST_ADDRESS) {
      throw new Unreadable(Denial.MAX_ADDRESS_LENGTH);
    }
    var reply = frame.path("replyAddress");
    var isAbsent = reply.isMissingNode() || reply.isNull();
    if (!isAbsent && (!reply.isTextual() || reply.textValue().isEmpty() || reply.textValue().length() > LONGEST_REPLY_ADDRESS)) {
      throw new Unreadable(Denial.INVALID_REPLY_ADDRESS);
    }
    var code = frame.path("failureCode");
    var body = frame.path("body");
    return new Frame(verb, address.asText(), body.isMissingNode() ? NullNode.getInstance() : body, frame.path("headers"),
        isAbsent ? null : reply.textValue(), code.isInt() ? code.intValue() : null, frame.path("message").asText(""));
  }

  private static JsonNode parse(byte[] json) throws Unreadable {
    try {
      var node = Json.MAPPER.readTree(json);
      if (node != null && node.isObject()) {
        return node;
      }
    } catch (IOException notJson) {
      // told below
    }
    throw new Unreadable(Denial.INVALID_JSON);
  }

  /** The header of that name in lower case, whatever case the client wrote it in; null when there is none. */
  @Nullable String header(String name) {
    for (var header : headers.properties()) {
      if (header.getKey().equalsIgnoreCase(name)) {
        return header.getValue().asText();
      }
    }
    return null;
  }
}
