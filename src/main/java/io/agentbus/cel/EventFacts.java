package io.agentbus.cel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Json;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The event that an expression is evaluated over. Its payload is read when the first expression asks for it; serves one thread at a time.
 */
public final class EventFacts {
  private final String topic;
  private final String namespace;
  private final @Nullable String sourceAgent;
  private final @Nullable UUID sourceJobId;
  private final OffsetDateTime createdAt;
  private final @Nullable String payloadText;
  private @Nullable JsonNode payload;
  private @Nullable Object payloadValue;
  private String type = "";
  private @Nullable JsonNode headers;

  private EventFacts(String topic, String namespace, @Nullable String sourceAgent, @Nullable UUID sourceJobId, OffsetDateTime createdAt,
      @Nullable String payloadText, @Nullable JsonNode payload) {
    this.topic = topic;
    this.namespace = namespace;
    this.sourceAgent = sourceAgent;
    this.sourceJobId = sourceJobId;
    this.createdAt = createdAt;
    this.payloadText = payloadText;
    this.payload = payload;
  }

  /** @param payload JSON text, such as Postgres gives */
  public static EventFacts of(String topic, String namespace, @Nullable String sourceAgent, @Nullable UUID sourceJobId,
      OffsetDateTime createdAt, String payload) {
    return new EventFacts(topic, namespace, sourceAgent, sourceJobId, createdAt, payload, null);
  }

  /** @param payload a tree, not {@link Json#raw} */
  public static EventFacts of(String topic, String namespace, @Nullable String sourceAgent, @Nullable UUID sourceJobId,
      OffsetDateTime createdAt, JsonNode payload) {
    return new EventFacts(topic, namespace, sourceAgent, sourceJobId, createdAt, null, payload);
  }

  /** Says how it came, for expressions over webhooks. @param headers an object of texts, names in lower case */
  public EventFacts arrived(String type, JsonNode headers) {
    this.type = type;
    this.headers = headers;
    return this;
  }

  String type() {
    return type;
  }

  /** The headers as values of the language. */
  Object headersValue() {
    return headers == null ? Map.of() : CelJson.value(headers);
  }

  public String topic() {
    return topic;
  }

  public String namespace() {
    return namespace;
  }

  public @Nullable String sourceAgent() {
    return sourceAgent;
  }

  public @Nullable UUID sourceJobId() {
    return sourceJobId;
  }

  public OffsetDateTime createdAt() {
    return createdAt;
  }

  /** The payload as a tree. */
  public JsonNode payload() {
    if (payload == null) {
      try {
        payload = Json.MAPPER.readTree(payloadText);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("the payload of an event is no JSON", e);
      }
    }
    return payload;
  }

  /** The payload as the values of the language. */
  Object payloadValue() {
    if (payloadValue == null) {
      payloadValue = CelJson.value(payload());
    }
    return payloadValue;
  }
}
