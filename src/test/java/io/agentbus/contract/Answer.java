package io.agentbus.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.problem.ProblemCode;

/**
 * What a door said.
 *
 * @param status HTTP status, or exit code of the program
 * @param refused whether the status is one of a refusal
 */
record Answer(int status, boolean refused, JsonNode body) {
  /** The code of the refusal; of one that is told for each of many, the first. Empty when there is none. */
  String code() {
    return body.path("code").asText(body.at("/jobs/0/code").asText(""));
  }

  /** Whether each of many is judged alone: the call is taken, and its parts are refused. */
  boolean judgesAlone() {
    return !refused && !body.at("/jobs/0/code").asText("").isEmpty();
  }

  boolean tells(ProblemCode expected, int expectedStatus) {
    return code().equals(expected.wire()) && (judgesAlone() || refused && status == expectedStatus);
  }
}
