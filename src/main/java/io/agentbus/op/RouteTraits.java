package io.agentbus.op;

/**
 * What follows from an operation's declaration for its REST routes. The door acts by it and the API document describes
 * it, so that the two cannot part.
 *
 * @param readsQuery whether the query fills input fields
 * @param readsBody whether a JSON body does
 * @param creates whether success is a new thing with an {@code id}: 201
 * @param pages whether the answer may have a {@code next} page, told by a Link header too
 * @param tagged whether the answer is one thing that a client may keep and ask for again with If-None-Match
 * @param takesKey whether an Idempotency-Key is heard
 */
public record RouteTraits(boolean readsQuery, boolean readsBody, boolean creates, boolean pages, boolean tagged,
    boolean takesKey) {
  /** The traits of an operation's route. */
  public static RouteTraits of(Operation<?, ?, ?> operation) {
    var route = operation.route();
    var get = route.method().equals("GET");
    var reads = get && operation.effect() == Effect.READ;
    var hasNext = outputHas(operation, "next");
    return new RouteTraits(get || route.method().equals("DELETE"), !get,
        route.method().equals("POST") && operation.effect() == Effect.WRITE && route.pathFields().isEmpty()
            && outputHas(operation, "id"),
        reads && hasNext && RecordShape.of(operation.input()).field("cursor") != null, reads && !hasNext,
        operation.effect() != Effect.READ);
  }

  /** The traits of {@code POST /api/v1/op/<name>}, which is the same for all: a body in, the output out. */
  public static RouteTraits uniform(Operation<?, ?, ?> operation) {
    return new RouteTraits(false, true, false, false, false, operation.effect() != Effect.READ);
  }

  private static boolean outputHas(Operation<?, ?, ?> operation, String field) {
    return operation.output().isRecord() && RecordShape.of(operation.output()).field(field) != null;
  }
}
