package io.agentbus.webhook.in.scheme;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Any program that can send a token: {@code Authorization: Bearer}, or {@code X-OpenClaw-Token}. */
final class BearerScheme implements SenderScheme {
  private static final String BEARER = "Bearer ";

  /** The token in a request's headers; null when there is none, or two. */
  static @Nullable String token(Headers headers) {
    var authorization = headers.one("authorization");
    var other = headers.one("x-openclaw-token");
    if (authorization == null) {
      return headers.names().contains("authorization") ? null : other;
    }
    if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return null;
    }
    var token = authorization.substring(BEARER.length()).strip();
    return token.isEmpty() || other != null && !other.equals(token) ? null : token;
  }

  @Override
  public boolean byToken() {
    return true;
  }

  @Override
  public String generate() {
    return Secrets.token();
  }

  @Override
  public byte[] key(String secret) {
    return Secrets.digest(secret);
  }

  @Override
  public boolean claims(Headers headers, Terms terms) {
    return token(headers) != null;
  }

  @Override
  public boolean proves(Received request, List<byte[]> keys, Terms terms) {
    return Secrets.anyToken(token(request.headers()), keys);
  }

  @Override
  public Told read(Received request) {
    if (CloudEvents.isOne(request)) {
      return CloudEvents.read(request);
    }
    var payload = Bodies.jsonOrForm(request);
    var headers = request.headers();
    var id = headers.one("idempotency-key");
    return Told.Facts.one(id != null ? id : headers.one("webhook-id"),
        Bodies.first("message", Bodies.text(payload, "type"), Bodies.text(payload, "event")), payload);
  }
}
