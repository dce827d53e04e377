package io.agentbus.contract;

import io.agentbus.op.Operation;
import io.agentbus.problem.ProblemCode;

/** A way to call operations. */
interface Door {
  String name();

  /** Whether the call can be made here at all: a command line knows no numbers where it sends text. */
  boolean canSay(Operation<?, ?, ?> operation, Refusal refusal);

  Answer call(Operation<?, ?, ?> operation, Ask ask) throws Exception;

  /** The status with which a code comes. */
  int status(ProblemCode code);

  /** How a field is called here. */
  default String field(String name) {
    return name;
  }
}
