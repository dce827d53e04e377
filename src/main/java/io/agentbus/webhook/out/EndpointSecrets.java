package io.agentbus.webhook.out;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import io.agentbus.crypto.SecretBox;
import io.agentbus.op.Json;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Closes and opens what must not be read in the database; each for its subscription and its purpose alone. */
final class EndpointSecrets {
  private final SecretBox box;

  EndpointSecrets(SecretBox box) {
    this.box = box;
  }

  Buffer closeSecret(UUID subscription, byte[] secret) {
    return Buffer.buffer(box.seal(secret, "webhook secret " + subscription));
  }

  byte[] openSecret(UUID subscription, Buffer closed) {
    return box.open(closed.getBytes(), "webhook secret " + subscription);
  }

  @Nullable Buffer closeText(UUID subscription, @Nullable String text) {
    return text == null ? null : Buffer.buffer(box.seal(text.getBytes(StandardCharsets.UTF_8), "webhook text secret " + subscription));
  }

  @Nullable String openText(UUID subscription, @Nullable Buffer closed) {
    return closed == null ? null : new String(box.open(closed.getBytes(), "webhook text secret " + subscription), StandardCharsets.UTF_8);
  }

  @Nullable Buffer closeHeaders(UUID subscription, Map<String, String> headers) {
    try {
      return headers.isEmpty() ? null : Buffer.buffer(box.seal(Json.MAPPER.writeValueAsBytes(headers), "webhook headers " + subscription));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("headers cannot be written as JSON", e);
    }
  }

  Map<String, String> openHeaders(UUID subscription, @Nullable Buffer closed) {
    try {
      return closed == null ? Map.of()
          : Json.MAPPER.readValue(box.open(closed.getBytes(), "webhook headers " + subscription), new TypeReference<Map<String, String>>() {});
    } catch (IOException e) {
      throw new IllegalStateException("headers of subscription " + subscription + " are no JSON", e);
    }
  }
}
