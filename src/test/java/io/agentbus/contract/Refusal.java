package io.agentbus.contract;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.problem.ProblemCode;

/**
 * A call that must be refused.
 *
 * @param why what is wrong with it, in words
 * @param token who calls; empty = nobody says
 * @param input what is sent
 * @param code the answer
 * @param hint what the answer must name, or empty
 * @param spoiled name of the field that is not as it should be; empty when it is the caller
 */
record Refusal(String why, String token, ObjectNode input, ProblemCode code, String hint, String spoiled) {
  Ask ask() {
    return new Ask(token, input, "");
  }

  @Override
  public String toString() {
    var text = input.toString();
    return why + " " + (text.length() <= 300 ? text : text.substring(0, 300) + "... (" + text.length() + " characters)");
  }
}
