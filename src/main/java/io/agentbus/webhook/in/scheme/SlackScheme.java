package io.agentbus.webhook.in.scheme;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.problem.ProblemException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Slack: an HMAC of version, time and body. Events come as JSON, commands and clicks as forms. */
final class SlackScheme implements SenderScheme {
  private static final String SIGNATURE = "x-slack-signature";
  private static final String TIME = "x-slack-request-timestamp";
  private static final String TAG = "v0=";

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
        && Secrets.anyHex(List.of(signature.substring(TAG.length())), keys, request.bodyAfter("v0:" + time + ":"));
  }

  /** The type is that of the event inside, of the click, or {@code command}. */
  @Override
  public Told read(Received request) {
    var payload = Bodies.jsonOrForm(request);
    var type = Bodies.text(payload, "type");
    if ("url_verification".equals(type)) {
      var challenge = Bodies.text(payload, "challenge");
      if (challenge == null || challenge.length() > 1_000) {
        throw ProblemException.invalid("", "A url_verification has a challenge of at most 1000 characters.");
      }
      return new Told.Challenge(challenge);
    }
    var inner = payload.path("event");
    return Told.Facts.one(id(payload), Bodies.first("message", Bodies.text(inner, "type"), type,
        Bodies.text(payload, "command") == null ? null : "command"), payload);
  }

  private static @Nullable String id(JsonNode payload) {
    var event = Bodies.text(payload, "event_id");
    return event != null ? event : Bodies.text(payload, "trigger_id");
  }
}
