package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of a post to {@code /hooks}, as OpenClaw's gateway reads it in both of its generations. What it knows beside is kept as sent; what
 * it does not know is left out, as it is there.
 *
 * @param text the message of {@code /hooks/agent}, the text of {@code /hooks/wake}; trimmed, not empty
 * @param agentId null = the source's own agent
 * @param sessionKey what the sender ties its requests together by, or null
 * @param timeoutSeconds null when none that counts was sent
 * @param idempotencyKey null when none that counts was sent
 * @param kept what the agent is shown
 */
record HookRequest(String text, String name, @Nullable String agentId, @Nullable String sessionKey, boolean now, @Nullable Integer timeoutSeconds,
    @Nullable String idempotencyKey, ObjectNode kept) {
  private static final int LONGEST_KEY = 256;
  private static final int LONGEST_SESSION = 500;
  private static final int LONGEST_NAME = 100;
  private static final int LONGEST_TIMEOUT = 31_536_000;
  private static final List<String> TEXTS = List.of("name", "agentId", "sessionKey", "channel", "to", "model", "thinking", "accountId");
  private static final Set<String> SESSION_MODES = Set.of("isolated", "persistent");

  /** @throws ProblemException {@code invalid_input} in the words for the sender */
  static HookRequest agent(ObjectNode body) {
    return of(body, "message");
  }

  /** The same for {@code /hooks/wake}. */
  static HookRequest wake(ObjectNode body) {
    return of(body, "text");
  }

  private static HookRequest of(ObjectNode body, String field) {
    var text = body.path(field).isTextual() ? body.path(field).textValue().strip() : "";
    if (text.isEmpty()) {
      throw refused(field + " required");
    }
    checkStorable(field, text);
    var kept = Json.MAPPER.createObjectNode().put(field, text);
    for (var name : TEXTS) {
      var value = text(body, name);
      if (value != null) {
        kept.put(name, value);
      }
    }
    var name = kept.path("name").asText("").isBlank() ? "Hook" : kept.path("name").textValue().strip();
    var now = !"next-heartbeat".equals(body.path(field.equals("text") ? "mode" : "wakeMode").asText());
    if (field.equals("message")) {
      kept.put("name", name).put("wakeMode", now ? "now" : "next-heartbeat").put("deliver", !body.path("deliver").isBoolean()
          || body.path("deliver").booleanValue());
      addSessionMode(body, kept);
    } else {
      kept.put("mode", now ? "now" : "next-heartbeat");
    }
    var timeout = timeout(body.path("timeoutSeconds"));
    if (timeout != null) {
      kept.put("timeoutSeconds", timeout);
    }
    return new HookRequest(text, name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME), orNull(kept, "agentId"), orNull(kept,
        "sessionKey"), now, timeout, usable(body.path("idempotencyKey").isTextual() ? body.path("idempotencyKey").textValue() : null),
        (ObjectNode) Trees.storable(kept));
  }

  /** Null for a key that does not count: an empty one, or one that is too long. */
  static @Nullable String usable(@Nullable String key) {
    return key == null || key.isBlank() || key.strip().length() > LONGEST_KEY ? null : key.strip();
  }

  private static @Nullable String text(ObjectNode body, String name) {
    var value = body.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw refused(name + " must be a string");
    }
    var text = value.textValue().strip();
    checkStorable(name, text);
    if (text.isEmpty()) {
      if (name.equals("model")) {
        throw refused("model must not be empty");
      }
      return null;
    }
    if (name.equals("sessionKey") && text.length() > LONGEST_SESSION) {
      throw refused("sessionKey must have at most " + LONGEST_SESSION + " characters");
    }
    return text;
  }

  private static void checkStorable(String name, String text) {
    if (text.indexOf(0) >= 0) {
      throw refused(name + " must not contain the character U+0000");
    }
  }

  private static void addSessionMode(ObjectNode body, ObjectNode kept) {
    var mode = body.get("sessionMode");
    if (mode != null && !mode.isNull()) {
      if (!SESSION_MODES.contains(mode.asText())) {
        throw refused("sessionMode must be isolated or persistent");
      }
      kept.put("sessionMode", mode.asText());
    }
  }

  private static @Nullable Integer timeout(JsonNode given) {
    if (!given.isNumber() || !(given.doubleValue() >= 1)) {
      return null;
    }
    return (int) Math.min(LONGEST_TIMEOUT, Math.floor(given.doubleValue()));
  }

  private static @Nullable String orNull(ObjectNode kept, String name) {
    var value = kept.get(name);
    return value == null ? null : value.textValue();
  }

  private static ProblemException refused(String words) {
    return ProblemException.invalid("", words);
  }
}
