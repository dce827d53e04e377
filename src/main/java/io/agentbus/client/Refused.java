package io.agentbus.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.problem.ProblemCode;

/** The node answered with a problem: nothing was changed, unless the code is {@code internal}. */
public final class Refused extends CallFailed {
  private final transient ObjectNode problem;
  private final int status;

  /**
   * @param status of HTTP
   * @param problem the problem document (RFC 9457) as it came
   */
  Refused(int status, ObjectNode problem) {
    super(problem.path("detail").asText(problem.path("title").asText("HTTP " + status)));
    this.status = status;
    this.problem = problem;
  }

  /** The problem document as it came; do not change it. */
  public ObjectNode problem() {
    return problem;
  }

  /** The wire name of the code, also one that this release does not know. */
  public String code() {
    return problem.path("code").asText(ProblemCode.INTERNAL.wire());
  }

  public boolean is(ProblemCode code) {
    return code.wire().equals(code());
  }

  /** Whether the same call may succeed later, because the node is busy, stopping or broken rather than unwilling. */
  public boolean transientRefusal() {
    return status >= 500 || status == 429;
  }

  @Override
  public int exitCode() {
    var known = ProblemCode.ofWire(code());
    if (known != ProblemCode.INTERNAL || is(ProblemCode.INTERNAL)) {
      return known.exitCode();
    }
    // A newer node has codes that this program has not heard of; the status still says what kind it is.
    return switch (status) {
      case 401, 403 -> ProblemCode.FORBIDDEN.exitCode();
      case 404 -> ProblemCode.NOT_FOUND.exitCode();
      case 409, 412, 422, 429 -> ProblemCode.LEASE_LOST.exitCode();
      case 502, 503, 504 -> ProblemCode.UNAVAILABLE.exitCode();
      default -> status < 500 ? ProblemCode.INVALID_INPUT.exitCode() : ProblemCode.INTERNAL.exitCode();
    };
  }
}
