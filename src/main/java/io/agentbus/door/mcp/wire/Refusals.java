package io.agentbus.door.mcp.wire;

import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.http.Exchange;
import io.agentbus.http.ProblemAnswer;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemException;
import io.vertx.core.http.HttpHeaders;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns whatever stopped a request into an error of the protocol. Refusals of tools do not come here: they are results. */
public final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

  private static final int OK = 200;
  private static final int FORBIDDEN = 403;
  private static final int TOO_MANY = 429;
  private static final int UNAVAILABLE = 503;

  private Refusals() {}

  /** Sets the headers that belong to the status of an error. */
  public static void headers(Exchange exchange, int status) {
    switch (status) {
      case FORBIDDEN -> exchange.header("WWW-Authenticate", "Bearer realm=\"agentbus\", error=\"insufficient_scope\"");
      case TOO_MANY, UNAVAILABLE -> exchange.header(HttpHeaders.RETRY_AFTER, "1");
      default -> { }
    }
  }

  /** The error for a failure; a defect goes to the log under the request's id. */
  public static RpcError of(Throwable failure, String requestId) {
    return switch (failure) {
      case RpcError error -> error;
      case ProblemException problem -> ofProblem(problem, requestId);
      default -> {
        LOG.atError().setCause(failure).addKeyValue("request", requestId).log("an MCP request failed");
        yield RpcError.of(RpcError.INTERNAL, 500, "The request failed; the node's log has the cause under " + requestId
            + ".", null);
      }
    };
  }

  /** What is said to nobody, or to a client of a node that stops. */
  public static RpcError nobodyWaited() {
    return RpcError.of(RpcError.INTERNAL, 503, "Nobody waited for this any more, so it was given back.", null);
  }

  private static RpcError ofProblem(ProblemException problem, String requestId) {
    var status = problem.code().httpStatus();
    var code = switch (problem.code()) {
      case INVALID_INPUT, NOT_FOUND, FORBIDDEN -> RpcError.INVALID_PARAMS;
      default -> RpcError.INTERNAL;
    };
    var told = status == FORBIDDEN || status >= TOO_MANY ? status : OK;
    try {
      var data = Json.MAPPER.readTree(ProblemAnswer.body(problem, requestId, null));
      return RpcError.of(code, told, problem.getMessage() + " " + problem.code().remedy(), data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
