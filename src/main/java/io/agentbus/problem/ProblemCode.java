package io.agentbus.problem;

import java.util.Locale;

/**
 * Every way in which agentbus refuses a call, with what each door answers. The wire name is the constant in lower case
 * ({@code lease_lost}); it never changes once released.
 */
public enum ProblemCode {
  INVALID_INPUT(400, 2, false, "The input is not what the operation takes.",
      "Correct the fields named in errors and call again."),
  UNAUTHENTICATED(401, 5, false, "No valid token came with the call.",
      "Send 'Authorization: Bearer <token>' with a token that is known, not expired and not revoked."),
  FORBIDDEN(403, 5, false, "The caller may see this but not do it.",
      "Use a token with the right that detail names, or ask an operator."),
  NOT_FOUND(404, 3, false, "There is no such thing within the caller's namespaces.",
      "Check the id and the namespace of the token."),
  METHOD_NOT_ALLOWED(405, 2, false, "The path exists, the method does not.", "Use a method from the Allow header."),
  NOT_ACCEPTABLE(406, 2, false, "The answer cannot be given in a form the caller accepts.", "Accept application/json."),
  LEASE_LOST(409, 4, false, "The caller no longer holds this attempt, so nothing was changed.",
      "Stop working on the job: another claim, a sweep or an operator ended this attempt."),
  INVALID_TRANSITION(409, 4, false, "The thing is in a state that does not allow this.",
      "Read its current state, which detail names, and decide again."),
  DUPLICATE_CONFLICT(409, 4, false, "The name is taken by something else.", "Choose another name or use what exists."),
  PAUSED(409, 4, true, "An operator has paused this.", "Wait until it is resumed."),
  PRECONDITION_FAILED(412, 4, false, "The thing has changed since the caller read it.", "Read it again, then decide."),
  PAYLOAD_TOO_LARGE(413, 2, false, "A body or a field is larger than the limit.", "Send less; store large things elsewhere."),
  UNSUPPORTED_MEDIA_TYPE(415, 2, false, "The body is not JSON.", "Send Content-Type: application/json, not encoded."),
  MISDIRECTED(421, 2, false, "The Host header names no host that this node answers for.",
      "Use the address the node listens on, or add the name to http.allowed-hosts."),
  IDEMPOTENCY_MISMATCH(422, 4, false, "This Idempotency-Key was used with another input.", "Use a new key for a new request."),
  LIMIT_EXCEEDED(429, 4, true, "A limit is reached.", "Wait as Retry-After says, or free what detail names."),
  OVER_BUDGET(429, 4, true, "A budget is used up.", "Wait for the next window or ask an operator."),
  INTERNAL(500, 1, true, "agentbus failed. The cause is in the node's log under the request id.",
      "Try again; if it stays, give the request id to the operator."),
  UNAVAILABLE(503, 6, true, "The node cannot do this for now; detail says why.", "Try again after Retry-After.");

  private final int httpStatus;
  private final int exitCode;
  private final boolean retryable;
  private final String meaning;
  private final String remedy;

  ProblemCode(int httpStatus, int exitCode, boolean retryable, String meaning, String remedy) {
    this.httpStatus = httpStatus;
    this.exitCode = exitCode;
    this.retryable = retryable;
    this.meaning = meaning;
    this.remedy = remedy;
  }

  /** The stable name on every wire, such as {@code lease_lost}. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What REST answers. */
  public int httpStatus() {
    return httpStatus;
  }

  /** What the CLI exits with: 2 bad input, 3 not found, 4 refused, 5 no right, 6 unreachable, 1 a defect. */
  public int exitCode() {
    return exitCode;
  }

  /** Whether the same call may succeed later without being changed. */
  public boolean retryable() {
    return retryable;
  }

  /** One sentence: what happened. */
  public String meaning() {
    return meaning;
  }

  /** One sentence: what the caller does now. */
  public String remedy() {
    return remedy;
  }

  /**
   * The code of a wire name.
   *
   * @return {@link #INTERNAL} for a name this release does not know
   */
  public static ProblemCode ofWire(String wire) {
    for (var code : values()) {
      if (code.wire().equals(wire)) {
        return code;
      }
    }
    return INTERNAL;
  }
}
