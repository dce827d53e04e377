package io.agentbus.door.bridge;

import io.agentbus.bus.Addresses;
import io.agentbus.bus.Messages;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Hints that the inbox of a connection's agent got something. */
final class MailLine {
  private MailLine() {}

  /**
   * Listens from now on.
   *
   * @param client takes each hint, on an event loop
   * @throws ProblemException {@code forbidden} for anybody but the agent itself
   */
  static AutoCloseable open(Messages messages, String address, Caller caller, Consumer<byte[]> client) {
    var home = caller.home().value();
    if (!caller.isAgent() || !address.equals(Addresses.inbox(home, caller.name()))) {
      throw ProblemException.of(ProblemCode.FORBIDDEN, "Hints of an inbox go to its agent.");
    }
    // Two agents can have one address, as a name may hold dots too.
    return messages.listen(address, message -> {
      if (message.body() instanceof JsonObject hint && home.equals(hint.getValue("namespace")) && caller.name().equals(hint.getValue("agent"))) {
        client.accept(hint.encode().getBytes(StandardCharsets.UTF_8));
      }
    });
  }
}
