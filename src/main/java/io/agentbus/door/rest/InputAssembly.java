package io.agentbus.door.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.http.QueryString;
import io.agentbus.op.TextInput;
import io.agentbus.problem.ProblemException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts the input of a call together from path, query and body. */
final class InputAssembly {
  private InputAssembly() {}

  /**
   * The input.
   *
   * @param body what the body held; changed and returned
   * @param pathValues the segments for the endpoint's path fields, as sent
   * @throws ProblemException {@code invalid_input} when two places disagree or a query comes where none is read
   */
  static ObjectNode of(Endpoint endpoint, ObjectNode body, List<String> pathValues, @Nullable String query) {
    var parameters = QueryString.parse(query);
    if (!parameters.isEmpty() && !endpoint.traits().readsQuery()) {
      throw ProblemException.invalid("", "This route reads no query parameters; put '"
          + parameters.keySet().iterator().next() + "' into the JSON body.");
    }
    parameters.forEach((name, values) -> put(body, name, TextInput.ofParameter(endpoint.input(), name, values), "the query"));
    for (var at = 0; at < pathValues.size(); at++) {
      var name = endpoint.pathFields().get(at);
      put(body, name, TextInput.of(endpoint.input(), name, QueryString.segment(pathValues.get(at))), "the path");
    }
    return body;
  }

  private static void put(ObjectNode body, String name, JsonNode value, String place) {
    var given = body.get(name);
    if (given != null && !given.isNull() && !given.equals(value) && !given.asText().equals(value.asText())) {
      throw ProblemException.invalid("/" + name, "'" + name + "' is given twice and differently: once in " + place
          + ".");
    }
    body.set(name, value);
  }
}
