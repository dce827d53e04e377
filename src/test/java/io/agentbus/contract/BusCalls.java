package io.agentbus.contract;

import io.agentbus.bus.RequestHeaders;
import io.agentbus.op.Operation;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.BusCaller;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;

/** Calls over the event bus. */
final class BusCalls implements Door {
  private final Vertx vertx;

  BusCalls(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public String name() {
    return "event bus";
  }

  @Override
  public boolean canSay(Operation<?, ?, ?> operation, Refusal refusal) {
    return true;
  }

  @Override
  public Answer call(Operation<?, ?, ?> operation, Ask ask) {
    var caller = new BusCaller(vertx, ask.token().isEmpty() ? null : ask.token());
    var options = new DeliveryOptions();
    if (!ask.key().isEmpty()) {
      options.addHeader(RequestHeaders.IDEMPOTENCY_KEY, ask.key());
    }
    try {
      var answer = BusCaller.await(caller.later(operation.name(), new JsonObject(ask.input().toString()), options));
      return new Answer(200, false, BusCaller.tree(answer.body()));
    } catch (ReplyException refused) {
      return new Answer(refused.failureCode(), true, BusCaller.problem(refused));
    }
  }

  @Override
  public int status(ProblemCode code) {
    return code.httpStatus();
  }
}
