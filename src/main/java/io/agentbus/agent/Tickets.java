package io.agentbus.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.agentbus.crypto.TokenKind;
import io.agentbus.crypto.Tokens;
import io.agentbus.op.Call;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;

/**
 * Tickets: a page in a browser cannot send a header with a WebSocket, and a token must not stand in a URL. What stands
 * there instead works once and for {@value #SECONDS} s.
 */
public final class Tickets {
  /** How long a ticket may be used. */
  public static final int SECONDS = 30;
  /** Tickets of one token that may still be used. */
  static final int MOST = 20;

  private final Directory directory;

  public Tickets(Directory directory) {
    this.directory = directory;
  }

  /**
   * Makes a ticket.
   *
   * @throws ProblemException {@code unauthenticated} without a token, {@code limit_exceeded} when too many of the
   *     caller's tickets are unused
   */
  public Ticket createTicket(Call call, CreateTicket nothing) {
    var caller = call.caller();
    var token = caller.tokenId();
    if (token == null) {
      throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "A ticket is made with a token, and none came with the call.");
    }
    return call.sql().inTransaction(tx -> {
      tx.run("agent.sweep_tickets", Tuple.tuple());
      if (tx.run("agent.lock_token", Tuple.of(token)).size() == 0) {
        throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "The token has ended.");
      }
      var ticket = Tokens.make(TokenKind.TICKET);
      for (var row : tx.run("agent.insert_ticket", Tuple.of(Buffer.buffer(Tokens.digest(ticket)), token, SECONDS, MOST))) {
        var namespace = caller.namespaces().isEmpty() ? null : directory.namespaceId(caller.home());
        AgentStore.journal(tx, namespace, caller.actor(), "create_ticket", JsonNodeFactory.instance.objectNode().put("token_id", token.toString()));
        return new Ticket(ticket, row.getOffsetDateTime("expires_at").toInstant());
      }
      throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, "This token has " + MOST + " tickets that may still be used; each lives for "
          + SECONDS + " s.").with("retry_after_seconds", SECONDS);
    });
  }
}
