package io.agentbus.problem;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A refusal that the caller can act on. Doors turn it into their own form; it never carries a secret or a stack trace to a
 * caller. Use the factories; {@link #with} adds machine-readable members such as {@code status} of the job.
 */
public final class ProblemException extends RuntimeException {
  private final transient ProblemCode code;
  private final transient List<FieldError> errors;
  private final transient Map<String, Object> members;

  private ProblemException(ProblemCode code, String detail, List<FieldError> errors, Map<String, Object> members,
      @Nullable Throwable cause) {
    // No stack trace: refusals are answers, and they are on the hot path of contended claims.
    super(detail, cause, false, false);
    this.code = code;
    this.errors = List.copyOf(errors);
    this.members = members;
  }

  /** A refusal with a sentence that names the thing and the reason. */
  public static ProblemException of(ProblemCode code, String detail) {
    return new ProblemException(code, detail, List.of(), Map.of(), null);
  }

  /** Bad input in one field. */
  public static ProblemException invalid(String pointer, String detail) {
    return invalid(List.of(new FieldError(pointer, detail)));
  }

  /** Bad input in several fields; {@code errors} is not empty. */
  public static ProblemException invalid(List<FieldError> errors) {
    var first = errors.getFirst();
    var detail = (first.pointer().isEmpty() ? "" : first.pointer() + ": ") + first.detail()
        + (errors.size() > 1 ? " (and " + (errors.size() - 1) + " more)" : "");
    return new ProblemException(ProblemCode.INVALID_INPUT, detail, errors, Map.of(), null);
  }

  /** Same words for what is absent and for what lies outside the caller's walls. */
  public static ProblemException notFound(String kind, Object id) {
    return of(ProblemCode.NOT_FOUND, "There is no " + kind + " " + id + " here.");
  }

  /** The same problem with one more member in its answer. */
  public ProblemException with(String member, Object value) {
    var more = new LinkedHashMap<>(members);
    more.put(member, value);
    return new ProblemException(code, getMessage(), errors, more, getCause());
  }

  /** The same problem with what it came from, for logs; doors do not show it. */
  public ProblemException causedBy(Throwable cause) {
    return new ProblemException(code, getMessage(), errors, members, cause);
  }

  public ProblemCode code() {
    return code;
  }

  /** Field errors; empty unless the input was at fault. */
  public List<FieldError> errors() {
    return errors;
  }

  /** Further members of the answer, such as {@code status} or {@code fence}; JSON-ready values. */
  public Map<String, Object> members() {
    return members;
  }
}
