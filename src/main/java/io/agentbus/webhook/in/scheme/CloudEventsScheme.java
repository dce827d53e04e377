package io.agentbus.webhook.in.scheme;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.List;

/** CloudEvents over webhooks: the sender sends a bearer token, as that specification has it. */
final class CloudEventsScheme implements SenderScheme {
  private final BearerScheme bearer = new BearerScheme();

  @Override
  public boolean byToken() {
    return true;
  }

  @Override
  public String generate() {
    return bearer.generate();
  }

  @Override
  public byte[] key(String secret) {
    return bearer.key(secret);
  }

  @Override
  public boolean claims(Headers headers, Terms terms) {
    return bearer.claims(headers, terms);
  }

  @Override
  public boolean proves(Received request, List<byte[]> keys, Terms terms) {
    return bearer.proves(request, keys, terms);
  }

  @Override
  public Told read(Received request) {
    if (!CloudEvents.isOne(request)) {
      throw ProblemException.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "Send a CloudEvent: with the headers ce-*, as " + CloudEvents.STRUCTURED
          + " or as " + CloudEvents.BATCH + ".");
    }
    return CloudEvents.read(request);
  }
}
