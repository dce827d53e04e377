package io.agentbus.door.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.http.BearerGate;
import io.agentbus.op.Caller;
import io.agentbus.op.ConnectionAuthenticator;
import io.agentbus.op.Json;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemException;

/** How a client says who it is within a connection: {@code {"token": ...}} or {@code {"ticket": ...}}. */
final class Login {
  private static final int LONGEST = 1_024;

  private Login() {}

  /**
   * The caller. Virtual threads only.
   *
   * @throws ProblemException {@code invalid_input}, {@code unauthenticated}, {@code limit_exceeded}
   */
  static Caller callerOf(BearerGate bearer, ConnectionAuthenticator tickets, String address, JsonNode body) {
    var token = body.path("token");
    var ticket = body.path("ticket");
    var given = token.isTextual() ? token : ticket;
    if (token.isTextual() == ticket.isTextual() || given.textValue().length() > LONGEST) {
      throw ProblemException.invalid("", "The body is {\"token\": ...} or {\"ticket\": ...}.");
    }
    return token.isTextual() ? bearer.callerOf(address, token.textValue()) : bearer.callerOf(address, ticket.textValue(), tickets::redeem);
  }

  /** What a client hears when it is let in. */
  static ObjectNode answer(Caller caller) {
    var answer = Json.MAPPER.createObjectNode().put("caller", caller.actor());
    caller.namespaces().forEach(namespace -> answer.withArray("namespaces").add(namespace.value()));
    answer.withArray("namespaces");
    caller.rights().stream().sorted().map(Right::wire).forEach(answer.withArray("rights")::add);
    return answer;
  }
}
