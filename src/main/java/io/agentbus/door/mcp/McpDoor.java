package io.agentbus.door.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.crypto.StateSeal;
import io.agentbus.door.mcp.content.Content;
import io.agentbus.door.mcp.legacy.LegacyEra;
import io.agentbus.door.mcp.legacy.Sessions;
import io.agentbus.door.mcp.modern.ModernEra;
import io.agentbus.door.mcp.rpc.Frames;
import io.agentbus.door.mcp.rpc.Revision;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.door.mcp.rpc.RpcMessage;
import io.agentbus.door.mcp.wire.Callers;
import io.agentbus.door.mcp.wire.Refusals;
import io.agentbus.http.BearerGate;
import io.agentbus.http.Exchange;
import io.agentbus.http.MediaTypes;
import io.agentbus.http.ProblemAnswer;
import io.agentbus.http.QueryString;
import io.agentbus.http.Site;
import io.agentbus.http.Surface;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.http.HttpHeaders;
import java.io.IOException;

/**
 * {@code /mcp}: the Model Context Protocol over Streamable HTTP, in both of its eras. A request says by header or by its
 * own metadata to which it belongs.
 */
public final class McpDoor implements Surface {
  /** The one address. */
  public static final String PATH = "/mcp";

  private final Callers callers;
  private final ModernEra modern;
  private final LegacyEra legacy;

  /**
   * A door for those with a token.
   *
   * @param seal for what clients carry for us
   * @param limits of sessions
   */
  public McpDoor(Content content, BearerGate bearer, StateSeal seal, Sessions.Limits limits) {
    this(content, new Callers(exchange -> callerOf(bearer, exchange)), seal, limits);
  }

  /** A door for whoever {@code callers} lets in. */
  public McpDoor(Content content, Callers callers, StateSeal seal, Sessions.Limits limits) {
    this.callers = callers;
    this.modern = new ModernEra(content, callers, seal);
    this.legacy = new LegacyEra(content, callers, new Sessions(limits));
  }

  private static Caller callerOf(BearerGate bearer, Exchange exchange) {
    var caller = bearer.callerOf(exchange);
    if (caller.tokenId() == null) {
      throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "The MCP door needs a token.");
    }
    return caller;
  }

  /** Mounts the door. */
  public void mount(Site site) {
    site.mount(PATH, this);
  }

  @Override
  public void handle(Exchange exchange) {
    if (!exchange.path().equals(PATH)) {
      throw Site.noSuchPath();
    }
    switch (exchange.method().name()) {
      case "POST" -> exchange.workWithBody(() -> callers.of(exchange), body -> post(exchange, body));
      case "GET" -> exchange.work(() -> inSession(exchange, legacy::listen));
      case "DELETE" -> exchange.work(() -> inSession(exchange, legacy::delete));
      default -> throw methodNotAllowed();
    }
  }

  private static ProblemException methodNotAllowed() {
    return ProblemException.of(ProblemCode.METHOD_NOT_ALLOWED, "Messages come by POST.").with(ProblemAnswer.ALLOW, "POST");
  }

  /** What only sessions have. */
  @FunctionalInterface
  private interface SessionWork {
    void run(Exchange exchange, Caller caller) throws InterruptedException;
  }

  private void inSession(Exchange exchange, SessionWork work) throws InterruptedException {
    var caller = callers.of(exchange);
    if (!LegacyEra.hasSession(exchange) || Revision.isModern(exchange.request().getHeader(Revision.HEADER))) {
      throw methodNotAllowed();
    }
    try {
      work.run(exchange, caller);
    } catch (RpcError error) {
      refuse(exchange, error);
    }
  }

  private void post(Exchange exchange, byte[] body) throws InterruptedException {
    var caller = callers.of(exchange);
    if (!MediaTypes.isJson(exchange.request().getHeader(HttpHeaders.CONTENT_TYPE))) {
      throw ProblemException.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "A message is sent as application/json in UTF-8.");
    }
    if (!MediaTypes.accepts(exchange.request().getHeader(HttpHeaders.ACCEPT), "application/json")
        && !MediaTypes.accepts(exchange.request().getHeader(HttpHeaders.ACCEPT), "text/event-stream")) {
      throw ProblemException.of(ProblemCode.NOT_ACCEPTABLE, "Answers are application/json or text/event-stream.");
    }
    try {
      var node = parse(body);
      var query = QueryString.parse(exchange.query());
      var version = exchange.request().getHeader(Revision.HEADER);
      if (Revision.isModern(version) || ModernEra.isMeantBy(node)) {
        modern.serve(exchange, caller, query, RpcMessage.of(node));
      } else {
        legacy.serve(exchange, caller, query, node);
      }
    } catch (RpcError error) {
      refuse(exchange, error);
    }
  }

  private static JsonNode parse(byte[] body) {
    try {
      var node = Json.MAPPER.readTree(body);
      if (node == null || node.isMissingNode()) {
        throw RpcError.parseError("The body is empty.");
      }
      return node;
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      throw RpcError.parseError("The body is not JSON as it is read here"
          + (at == null ? "" : ", at line " + at.getLineNr() + ", column " + at.getColumnNr())
          + ": valid, without duplicate names, at most " + Json.MAX_DEPTH + " deep.");
    } catch (IOException e) {
      throw RpcError.parseError("The body is not UTF-8.");
    }
  }

  private static void refuse(Exchange exchange, RpcError error) {
    Refusals.headers(exchange, error.status());
    exchange.end(error.status(), "application/json", Frames.error(error));
  }
}
