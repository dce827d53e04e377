package io.agentbus.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.agentbus.config.Home;
import io.agentbus.config.SecretFile;
import io.agentbus.crypto.TokenKind;
import io.agentbus.crypto.Tokens;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.id.Ids;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

/**
 * The operator token of a home: in its file, mode 0600, and as a digest in the database. Whoever can read the file may
 * do everything. One node or command at a time per home.
 */
public final class OperatorToken {
  private static final String NAME = "operator";
  private static final String[] RIGHTS = {"read", "ask", "work", "operate", "admin"};
  private static final String BY = "bus";

  private OperatorToken() {}

  /**
   * The token of the home, made at its first start; put into the database when that does not know it, as a new one does
   * not. A token that was revoked stays revoked: {@link #reset} makes another.
   *
   * @throws IllegalStateException when the file holds something else than a token
   * @throws UncheckedIOException when the file cannot be read or written
   */
  public static String ensure(Home home, Sql sql) {
    var token = Files.exists(home.operatorToken()) ? read(home) : write(home, Tokens.make(TokenKind.OPERATOR));
    sql.inTransaction(tx -> {
      keep(tx, token, "create_token");
      return null;
    });
    return token;
  }

  /**
   * Replaces the token of the home by a new one and revokes the old one, if the file still holds it. Nodes may take the
   * old one for another {@link TokenAuthenticator#TTL}.
   *
   * @throws UncheckedIOException when the file cannot be read or written; nothing is changed then
   */
  public static String reset(Home home, Sql sql) {
    return sql.inTransaction(tx -> {
      if (Files.exists(home.operatorToken())) {
        tx.run("agent.revoke_digest", Tuple.of(Buffer.buffer(Tokens.digest(text(home)))));
      }
      var token = Tokens.make(TokenKind.OPERATOR);
      keep(tx, token, "reset_operator_token");
      // Last, so that the file changes only when the statements went through; should the commit fail, ensure() puts
      // the token in.
      return write(home, token);
    });
  }

  private static void keep(Tx tx, String token, String action) {
    var id = Ids.next();
    if (tx.run("agent.keep_operator_token", Tuple.of(id, Buffer.buffer(Tokens.digest(token)), NAME, RIGHTS, BY))
        .size() > 0) {
      AgentStore.journal(tx, null, BY, action, JsonNodeFactory.instance.objectNode().put("token_id", id.toString())
          .put("name", NAME).put("kind", TokenKind.OPERATOR.wire()));
    }
  }

  private static String read(Home home) {
    var token = text(home);
    if (!Tokens.wellFormed(token)) {
      throw new IllegalStateException(home.operatorToken()
          + " holds no token. Run 'agentbus token reset' to make a new one.");
    }
    return token;
  }

  private static String text(Home home) {
    try {
      return Files.readString(home.operatorToken()).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("the operator token " + home.operatorToken() + " cannot be read", e);
    }
  }

  private static String write(Home home, String token) {
    try {
      SecretFile.write(home.operatorToken(), token + "\n");
      return token;
    } catch (IOException e) {
      throw new UncheckedIOException("the operator token " + home.operatorToken() + " cannot be written", e);
    }
  }
}
