package io.agentbus.webhook.in.scheme;

import java.util.List;

/** GitHub: an HMAC of the body. It signs no time, so that only the id of the delivery tells a repeated one. */
final class GitHubScheme implements SenderScheme {
  private static final String SIGNATURE = "x-hub-signature-256";
  private static final String TAG = "sha256=";

  @Override
  public boolean claims(Headers headers, Terms terms) {
    var signature = headers.one(SIGNATURE);
    return signature != null && signature.length() == TAG.length() + 64 && signature.startsWith(TAG);
  }

  @Override
  public boolean proves(Received request, List<byte[]> keys, Terms terms) {
    var signature = request.headers().one(SIGNATURE);
    return signature != null && signature.startsWith(TAG)
        && Secrets.anyHex(List.of(signature.substring(TAG.length())), keys, request.body());
  }

  /** The type is the event with its action, such as {@code pull_request.opened}. */
  @Override
  public Told read(Received request) {
    var payload = Bodies.jsonOrForm(request);
    var event = Bodies.first("unknown", request.headers().one("x-github-event"));
    var action = Bodies.text(payload, "action");
    return Told.Facts.one(request.headers().one("x-github-delivery"), action == null ? event : event + "." + action, payload);
  }
}
