package io.agentbus.webhook.in.scheme;

import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Standard Webhooks 1.0, with Svix's names of the headers too: an HMAC of id, time and body; the header may hold several signatures. */
final class StandardScheme implements SenderScheme {
  private static final String VERSION = "v1,";
  private static final int LONGEST_ID = 200;

  private record Signed(String id, String time, List<String> signatures) {
    /** Null when a header is missing, came twice, or cannot be what was signed. */
    static @Nullable Signed of(Headers headers) {
      var prefix = headers.names().contains("webhook-id") || headers.names().contains("webhook-signature") ? "webhook" : "svix";
      var id = headers.one(prefix + "-id");
      var time = headers.one(prefix + "-timestamp");
      var signatures = headers.one(prefix + "-signature");
      if (id == null || time == null || signatures == null || id.length() > LONGEST_ID || id.indexOf('.') >= 0) {
        return null;
      }
      return new Signed(id, time, List.of(signatures.split(" ")).stream().filter(one -> one.startsWith(VERSION)).toList());
    }
  }

  @Override
  public String generate() {
    return Secrets.standard();
  }

  @Override
  public byte[] key(String secret) {
    return Secrets.standardKey(secret);
  }

  @Override
  public boolean claims(Headers headers, Terms terms) {
    var signed = Signed.of(headers);
    return signed != null && !signed.signatures().isEmpty() && terms.admits(signed.time());
  }

  @Override
  public boolean proves(Received request, List<byte[]> keys, Terms terms) {
    var signed = Signed.of(request.headers());
    if (signed == null || !terms.admits(signed.time())) {
      return false;
    }
    var content = request.bodyAfter(signed.id() + "." + signed.time() + ".");
    var found = false;
    for (var key : keys) {
      var right = VERSION + Base64.getEncoder().encodeToString(Secrets.hmac(key, content));
      for (var signature : signed.signatures()) {
        found |= Secrets.same(right, signature);
      }
    }
    return found;
  }

  /**
   * Id, time and body are signed, and nothing else is: no other header decides what was sent or which delivery it is, or whoever has seen a
   * request could send it again as another one. So CloudEvents are known by their body, and those whose attributes are headers are not read.
   */
  @Override
  public Told read(Received request) {
    var signed = Signed.of(request.headers());
    var id = signed == null ? null : signed.id();
    if (CloudEvents.isBody(request) && request.isLarge()) {
      throw CloudEvents.tooLarge();
    }
    var payload = Bodies.json(request);
    if (!request.isLarge() && CloudEvents.looksLikeOne(payload) || CloudEvents.isBody(request)) {
      return CloudEvents.signed(id, payload);
    }
    return Told.Facts.one(id, Bodies.first("message", Bodies.text(payload, "type"),
        Bodies.text(payload, "eventType"), Bodies.text(payload, "event_type")), payload);
  }
}
