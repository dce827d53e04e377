package io.agentbus.contract;

import io.agentbus.door.bridge.BridgeClient;
import io.agentbus.door.bridge.TcpClient;
import io.agentbus.op.Operation;
import io.agentbus.problem.ProblemCode;
import java.util.HashMap;
import java.util.Map;

/** Calls over the TCP bridge, on a connection for each token. */
final class BridgeCalls implements Door, AutoCloseable {
  private final int port;
  private final Map<String, TcpClient> clients = new HashMap<>();

  BridgeCalls(int port) {
    this.port = port;
  }

  @Override
  public String name() {
    return "bridge";
  }

  /** Who has no token does not get as far as an operation. */
  @Override
  public boolean canSay(Operation<?, ?, ?> operation, Refusal refusal) {
    return !refusal.token().isEmpty();
  }

  @Override
  public Answer call(Operation<?, ?, ?> operation, Ask ask) throws Exception {
    var answer = client(ask.token()).request("agentbus.op." + operation.name(), ask.input().toString(),
        ask.key().isEmpty() ? "{}" : "{'idempotency-key': '" + ask.key() + "'}");
    return answer.has("failureCode") ? new Answer(answer.get("failureCode").asInt(), true, BridgeClient.problem(answer))
        : new Answer(200, false, answer.get("body"));
  }

  private TcpClient client(String token) throws Exception {
    var known = clients.get(token);
    if (known == null) {
      known = new TcpClient(port);
      clients.put(token, known);
      if (!known.request("agentbus.auth", "{'token': '" + token + "'}").path("body").has("caller")) {
        throw new AssertionError("the bridge did not let a good token in");
      }
    }
    return known;
  }

  @Override
  public int status(ProblemCode code) {
    return code.httpStatus();
  }

  /** The next call of anybody comes over a new connection. */
  void hangUp() throws Exception {
    for (var client : clients.values()) {
      client.close();
    }
    clients.clear();
  }

  @Override
  public void close() throws Exception {
    hangUp();
  }
}
