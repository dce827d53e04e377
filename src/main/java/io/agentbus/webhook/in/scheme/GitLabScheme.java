package io.agentbus.webhook.in.scheme;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** GitLab: sends the secret itself in a header. The body is not signed. */
final class GitLabScheme implements SenderScheme {
  private static final String TOKEN = "x-gitlab-token";

  @Override
  public boolean byToken() {
    return true;
  }

  @Override
  public byte[] key(String secret) {
    return Secrets.digest(secret);
  }

  @Override
  public boolean claims(Headers headers, Terms terms) {
    return headers.one(TOKEN) != null;
  }

  @Override
  public boolean proves(Received request, List<byte[]> keys, Terms terms) {
    return Secrets.anyToken(request.headers().one(TOKEN), keys);
  }

  /**
   * The type is the kind with its action, such as {@code merge_request.open}. {@code X-Gitlab-Webhook-UUID} names the hook and not what it
   * sent, and so tells nothing apart; {@code Idempotency-Key} stays the same when a delivery is repeated.
   */
  @Override
  public Told read(Received request) {
    var payload = Bodies.json(request);
    var kind = Bodies.first("unknown", Bodies.text(payload, "object_kind"), Bodies.text(payload, "event_name"), headerKind(request));
    var action = action(payload);
    return Told.Facts.one(request.headers().one("idempotency-key"), action == null ? kind : kind + "." + action, payload);
  }

  private static @Nullable String action(JsonNode payload) {
    return Bodies.text(payload.path("object_attributes"), "action");
  }

  private static @Nullable String headerKind(Received request) {
    var event = request.headers().one("x-gitlab-event");
    return event == null ? null : event.toLowerCase(Locale.ROOT).replaceFirst(" hook$", "").replace(' ', '_');
  }
}
