package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import io.agentbus.webhook.in.scheme.Headers;
import io.agentbus.webhook.in.scheme.Scheme;
import io.agentbus.webhook.in.scheme.Told;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes what a sender said fit to be kept. */
final class Arrivals {
  private static final int LONGEST_TOPIC = 200;

  private Arrivals() {}

  /** @param body all of what was sent, where the fact's payload is a sketch of it; else null */
  static Arrival of(WebhookSource source, Scheme scheme, Headers headers, Told.Fact fact, byte @Nullable [] body, @Nullable UUID id, Instant at) {
    var type = shortened(Trees.storable(fact.type()));
    return new Arrival(id, source.name(), source.namespace(), source.defaultAgent(), type, topic(source.name(), type), kept(source, scheme, headers),
        Trees.storable(fact.payload()), body, body != null, at);
  }

  /** {@code webhook.<source>.<type>}: what a topic cannot hold becomes {@code _}. */
  static String topic(String source, String type) {
    var words = type.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_.-]", "_").replaceAll("\\.{2,}", ".").replaceAll("^\\.|\\.$", "");
    var topic = "webhook." + source + "." + (words.isEmpty() ? "message" : words);
    return topic.length() <= LONGEST_TOPIC ? topic : topic.substring(0, LONGEST_TOPIC).replaceAll("\\.$", "");
  }

  private static ObjectNode kept(WebhookSource source, Scheme scheme, Headers headers) {
    var kept = Json.MAPPER.createObjectNode();
    headers.names().stream().filter(name -> (scheme.tells(name) || source.headers().contains(name)) && !isSecret(name)).sorted()
        .limit(SourceLimits.KEPT_HEADERS).forEach(name -> {
          var value = headers.one(name);
          if (value != null) {
            kept.put(name, shortened(Trees.storable(value)));
          }
        });
    return kept;
  }

  /** Whether a header proves something, whatever an operator asks for: it would stand in the database for all to read. */
  static boolean isSecret(String header) {
    var name = header.toLowerCase(Locale.ROOT);
    return name.contains("signature") || name.contains("token") || name.contains("authorization") || name.contains("cookie")
        || name.contains("secret") || name.contains("api-key");
  }

  static String shortened(String text) {
    return text.length() <= SourceLimits.KEPT_TEXT ? text : Trees.storable(text.substring(0, SourceLimits.KEPT_TEXT));
  }
}
