package io.agentbus.webhook.in.scheme;

import io.agentbus.problem.ProblemException;
import java.util.List;

/** How senders of one kind prove themselves and say what they send. */
sealed interface SenderScheme permits AiMemoryScheme, BearerScheme, CloudEventsScheme, GitHubScheme, GitLabScheme, SlackScheme, StandardScheme,
    StripeScheme {
  /** Whether the sender sends the secret itself, so that a digest of it is enough to know it by. */
  default boolean byToken() {
    return false;
  }

  /** A new secret in the form that senders of this kind take. */
  default String generate() {
    return Secrets.hex();
  }

  /**
   * What a secret is checked with: the key of an HMAC, or the digest of a token.
   *
   * @throws IllegalArgumentException in words when it can be no secret of this kind
   */
  default byte[] key(String secret) {
    return Secrets.text(secret);
  }

  /** Whether there is anything to prove the request by, from its headers alone: for those whose body is not worth reading. */
  boolean claims(Headers headers, Terms terms);

  /** Whether one of the keys proves the request. Takes as long for a wrong one, wherever it differs. */
  boolean proves(Received request, List<byte[]> keys, Terms terms);

  /**
   * What a proven request says.
   *
   * @throws ProblemException {@code unsupported_media_type} or {@code invalid_input} when it cannot be read
   */
  Told read(Received request);
}
