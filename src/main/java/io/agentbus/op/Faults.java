package io.agentbus.op;

import io.agentbus.problem.FieldError;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is found wrong with one input, and where: the walker enters and leaves fields, so that a good input builds no
 * text.
 */
final class Faults {
  /** Most faults told at once; who sends more has another problem. */
  static final int MAX = 20;

  private static final int LONGEST_STEP = 100;

  private Object[] path = new Object[8];
  private int depth;
  private @Nullable List<FieldError> errors;
  private @Nullable FieldError tooLarge;
  private long size;
  private int limit;

  void enter(Object step) {
    if (depth == path.length) {
      path = Arrays.copyOf(path, depth * 2);
    }
    path[depth++] = step;
  }

  void leave() {
    depth--;
  }

  /** Something is wrong with the value the walker stands in; {@code detail} goes on from its name. */
  void add(String detail) {
    if (errors == null) {
      errors = new ArrayList<>();
    }
    if (errors.size() < MAX) {
      errors.add(new FieldError(pointer(), detail));
    }
  }

  /** Free JSON is larger than its limit. It has a code of its own, which is the answer when nothing else is wrong. */
  void addTooLarge(long size, int limit) {
    if (tooLarge == null) {
      tooLarge = new FieldError(pointer(), "is " + size + " bytes of JSON; at most " + limit + " are allowed");
      this.size = size;
      this.limit = limit;
    }
  }

  boolean none() {
    return errors == null && tooLarge == null;
  }

  /** Whether looking further would tell the caller nothing more. */
  boolean full() {
    return errors != null && errors.size() >= MAX;
  }

  /** The refusal; only when not {@link #none}. */
  ProblemException refusal() {
    if (errors == null) {
      if (tooLarge == null) {
        throw new IllegalStateException("nothing is wrong with this input");
      }
      return ProblemException.of(ProblemCode.PAYLOAD_TOO_LARGE, tooLarge.pointer() + " " + tooLarge.detail() + ".")
          .with("pointer", tooLarge.pointer()).with("limit", limit).with("size", size);
    }
    if (tooLarge != null) {
      errors.add(tooLarge);
    }
    return ProblemException.invalid(errors);
  }

  /** RFC 6901; what a caller made up beyond measure is shortened, and what could not be logged is replaced. */
  private String pointer() {
    var pointer = new StringBuilder();
    for (var i = 0; i < depth; i++) {
      var step = path[i].toString();
      var shown = step.length() <= LONGEST_STEP ? step : step.substring(0, LONGEST_STEP) + "...";
      pointer.append('/').append(shown.replace("~", "~0").replace("/", "~1").replace("\0", "\uFFFD"));
    }
    return pointer.toString();
  }
}
