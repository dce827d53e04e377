package io.agentbus.webhook.in.scheme;

import io.agentbus.crypto.Tokens;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** ai-memory: an HMAC of time and body; the key is the SHA-256 of the secret, not the secret. */
final class AiMemoryScheme implements SenderScheme {
  private static final String SIGNATURE = "x-ai-memory-signature";
  private static final String TIME = "x-ai-memory-timestamp";
  private static final String TAG = "sha256=";

  @Override
  public byte[] key(String secret) {
    return Tokens.digest(new String(Secrets.text(secret), StandardCharsets.UTF_8));
  }

  @Override
  public boolean claims(Headers headers, Terms terms) {
    var signature = headers.one(SIGNATURE);
    return signature != null && signature.length() == TAG.length() + 64 && signature.startsWith(TAG) && terms.admits(headers.one(TIME));
  }

  @Override
  public boolean proves(Received request, List<byte[]> keys, Terms terms) {
    var signature = request.headers().one(SIGNATURE);
    var time = request.headers().one(TIME);
    return signature != null && signature.startsWith(TAG) && terms.admits(time)
        && Secrets.anyHex(List.of(signature.substring(TAG.length())), keys, request.bodyAfter(time + "."));
  }

  @Override
  public Told read(Received request) {
    var payload = Bodies.json(request);
    var header = request.headers().one("x-ai-memory-correlation-id");
    return Told.Facts.one(header != null ? header : Bodies.text(payload, "correlation_id"),
        Bodies.first("message", Bodies.text(payload, "event")), payload);
  }
}
