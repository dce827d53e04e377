package io.agentbus.webhook.out;

import io.agentbus.event.Event;
import io.agentbus.http.out.EgressUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription sends to, opened for one request.
 *
 * @param timeout for one try, everything included
 * @param headers of its owner
 * @param secrets each signs: the newest, and for a while the one before
 * @param textSecret of ai-memory's signature, or null
 */
record Endpoint(EgressUrl url, WebhookFormat format, Duration timeout, Map<String, String> headers, List<byte[]> secrets,
    @Nullable String textSecret) {

  /** What is sent. */
  record Request(Map<String, String> headers, byte[] body) {}

  /**
   * A request that tells an event.
   *
   * @param id the same at each try
   * @param at of this try
   * @param agent what the sender calls itself
   */
  Request request(String id, Event event, Instant at, String agent) {
    var body = format.body(event, at);
    var timestamp = at.getEpochSecond();
    var all = new LinkedHashMap<>(headers);
    all.put("content-type", "application/json");
    all.put("user-agent", agent);
    all.put("webhook-id", id);
    all.put("webhook-timestamp", Long.toString(timestamp));
    all.put("webhook-signature", secrets.stream().map(secret -> Signatures.standard(secret, id, timestamp, body)).collect(Collectors.joining(" ")));
    if (format == WebhookFormat.AI_MEMORY) {
      all.put("x-ai-memory-timestamp", Long.toString(timestamp));
      if (textSecret != null) {
        all.put("x-ai-memory-signature", Signatures.aiMemory(textSecret, timestamp, body));
      }
    }
    return new Request(all, body);
  }
}
