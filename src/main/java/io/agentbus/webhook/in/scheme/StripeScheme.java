package io.agentbus.webhook.in.scheme;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stripe: an HMAC of time and body with the secret as it is written; several while a secret is rolled. */
final class StripeScheme implements SenderScheme {
  private static final String SIGNATURE = "stripe-signature";

  private record Signed(String time, List<String> signatures) {
    /** Null when the header is missing, came twice, or says two times. */
    static @Nullable Signed of(Headers headers) {
      var header = headers.one(SIGNATURE);
      if (header == null) {
        return null;
      }
      String time = null;
      var signatures = new ArrayList<String>();
      for (var part : header.split(",")) {
        var item = part.strip();
        if (item.startsWith("t=")) {
          if (time != null) {
            return null;
          }
          time = item.substring(2);
        } else if (item.startsWith("v1=")) {
          signatures.add(item.substring(3));
        }
      }
      return time == null || signatures.isEmpty() ? null : new Signed(time, signatures);
    }
  }

  @Override
  public String generate() {
    return Secrets.STANDARD_PREFIX + Secrets.hex();
  }

  @Override
  public boolean claims(Headers headers, Terms terms) {
    var signed = Signed.of(headers);
    return signed != null && terms.admits(signed.time());
  }

  @Override
  public boolean proves(Received request, List<byte[]> keys, Terms terms) {
    var signed = Signed.of(request.headers());
    return signed != null && terms.admits(signed.time()) && Secrets.anyHex(signed.signatures(), keys, request.bodyAfter(signed.time() + "."));
  }

  @Override
  public Told read(Received request) {
    var payload = Bodies.json(request);
    return Told.Facts.one(Bodies.text(payload, "id"), Bodies.first("message", Bodies.text(payload, "type")), payload);
  }
}
