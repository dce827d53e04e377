package io.agentbus.door.rest;

import io.agentbus.op.Operation;
import io.agentbus.op.RecordShape;
import io.agentbus.op.RouteTraits;
import java.util.List;

/**
 * One way to call one operation, with what its shapes say about the answer worked out beforehand.
 *
 * @param operation what is called
 * @param input its input fields
 * @param pathFields input fields that the path fills, in order
 * @param traits where the input comes from and what the answer is
 * @param location path below which the new thing is found; empty when it has no route of its own
 */
record Endpoint(Operation<?, ?, ?> operation, RecordShape input, List<String> pathFields, RouteTraits traits,
    String location) {

  /** {@code POST /api/v1/op/<name>}. */
  static Endpoint uniform(Operation<?, ?, ?> operation) {
    return new Endpoint(operation, RecordShape.of(operation.input()), List.of(), RouteTraits.uniform(operation), "");
  }

  /**
   * The operation's own route.
   *
   * @param location see the component
   */
  static Endpoint routed(Operation<?, ?, ?> operation, String location) {
    var route = operation.route();
    var input = RecordShape.of(operation.input());
    for (var field : route.pathFields()) {
      if (input.field(field) == null) {
        throw new IllegalStateException("the route " + route.path() + " of " + operation.name() + " names '" + field
            + "', which is no field of its input");
      }
    }
    return new Endpoint(operation, input, route.pathFields(), RouteTraits.of(operation), location);
  }
}
