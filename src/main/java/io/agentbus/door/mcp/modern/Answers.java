package io.agentbus.door.mcp.modern;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.content.Methods;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.op.Json;
import java.util.Map;

/** Questions to a client and what it answered, in one request after the other. */
final class Answers {
  private Answers() {}

  /** The answers in the parameters, by key. @throws RpcError invalid params for what is no object of objects */
  static ObjectNode in(ObjectNode params) {
    var answers = Methods.object(params, "inputResponses");
    for (var answer : answers.properties()) {
      if (!answer.getValue().isObject()) {
        throw RpcError.invalidParams("An answer in params.inputResponses is not an object.");
      }
    }
    return answers;
  }

  /** The result that asks. @throws RpcError missing capability for what the client has not declared */
  static ObjectNode questions(Asker asker, Map<String, ObjectNode> questions) {
    var missing = Json.MAPPER.createObjectNode();
    var result = Json.MAPPER.createObjectNode();
    var asked = result.putObject("inputRequests");
    questions.forEach((key, question) -> {
      var method = question.path("method").asText();
      if (!asker.answers(method)) {
        missing.putObject(Asker.capabilityFor(method));
      }
      asked.set(key, question);
    });
    if (!missing.isEmpty()) {
      throw RpcError.missingCapability(missing);
    }
    return result;
  }
}
