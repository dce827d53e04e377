package io.agentbus.contract;

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
  public Answer call(Operation<?, ?, ?> operation, Refusal refusal) {
    var caller = new BusCaller(vertx, refusal.token().isEmpty() ? null : refusal.token());
    try {
      var answer = BusCaller.await(caller.later(operation.name(), new JsonObject(refusal.input().toString()), new DeliveryOptions()));
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
