package io.agentbus.webhook.in.scheme;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The kinds of senders that are known. A constant's word on the wire is its name in lower case with hyphens. */
public enum Scheme {
  GITHUB(new GitHubScheme(), 25 << 20, "x-github-"),
  STANDARD(new StandardScheme(), 4 << 20, "webhook-id", "webhook-timestamp", "svix-id", "svix-timestamp"),
  SLACK(new SlackScheme(), 4 << 20, "x-slack-retry-", "x-slack-request-timestamp"),
  STRIPE(new StripeScheme(), 4 << 20),
  GITLAB(new GitLabScheme(), 4 << 20, "x-gitlab-event", "x-gitlab-instance", "x-gitlab-webhook-uuid", "idempotency-key"),
  AI_MEMORY(new AiMemoryScheme(), 4 << 20, "x-ai-memory-timestamp", "x-ai-memory-correlation-id"),
  CLOUDEVENTS(new CloudEventsScheme(), 4 << 20, "ce-"),
  BEARER(new BearerScheme(), 4 << 20, "idempotency-key", "webhook-id");

  private final SenderScheme senders;
  private final int maxBody;
  private final List<String> headers;

  Scheme(SenderScheme senders, int maxBody, String... headers) {
    this.senders = senders;
    this.maxBody = maxBody;
    this.headers = List.of(headers);
  }

  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The constant of a word, or null. */
  public static @Nullable Scheme ofWire(String word) {
    return Arrays.stream(values()).filter(scheme -> scheme.wire().equals(word)).findFirst().orElse(null);
  }

  /** Bytes of body that senders of this kind may send when nobody says otherwise. */
  public int maxBody() {
    return maxBody;
  }

  /** Whether a header is kept and shown to rules: what says something of the delivery, never what proves it. */
  public boolean tells(String header) {
    return header.equals("user-agent") || header.equals("content-type")
        || headers.stream().anyMatch(told -> told.endsWith("-") ? header.startsWith(told) : header.equals(told));
  }

  /** Whether the sender sends the secret itself, so that a digest of it is enough to know it by. */
  public boolean byToken() {
    return senders.byToken();
  }

  /** A new secret in the form that senders of this kind take. */
  public String generate() {
    return senders.generate();
  }

  /**
   * What a secret is checked with: the key of an HMAC, or the digest of a token.
   *
   * @throws IllegalArgumentException in words when it can be no secret of this kind
   */
  public byte[] key(String secret) {
    return senders.key(secret);
  }

  /** Whether the headers hold anything to prove the request by, at this time: a body without that is not worth reading. */
  public boolean claims(Headers headers, Terms terms) {
    return senders.claims(headers, terms);
  }

  /** Whether one of the keys proves the request. */
  public boolean proves(Received request, List<byte[]> keys, Terms terms) {
    return senders.proves(request, keys, terms);
  }

  /**
   * What a proven request says.
   *
   * @throws io.agentbus.problem.ProblemException {@code unsupported_media_type} or {@code invalid_input} when it cannot be read
   */
  public Told read(Received request) {
    return senders.read(request);
  }

  /** The token of a request of a kind that sends it as {@code Authorization: Bearer} or {@code X-OpenClaw-Token}; null when there is none. */
  public static @Nullable String bearerToken(Headers headers) {
    return BearerScheme.token(headers);
  }
}
