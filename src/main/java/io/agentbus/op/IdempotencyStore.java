package io.agentbus.op;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the answers of calls under their Idempotency-Key. A key belongs to the caller and the operation. Key, effect
 * and answer are one commit, so that after a crash either all of them are there or none. The table holds digests of the
 * keys, and answers that only their key can open: an answer may carry a token that is otherwise never stored.
 */
public final class IdempotencyStore {
  /** How long an answer can be had again, in hours. */
  public static final int KEPT_HOURS = 24;

  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7E]{1,255}");
  private static final ObjectWriter CANONICAL = Json.MAPPER.writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

  private final Sql sql;

  /** @param sql the pool; a call's transaction is opened on it */
  public IdempotencyStore(Sql sql) {
    this.sql = sql;
  }

  /**
   * The kept answer of this call, or the one that {@code work} gives, kept. A second call with the key waits for the
   * first.
   *
   * @param work does the call's work in the transaction given; what it throws frees the key
   * @throws ProblemException {@code idempotency_mismatch} when the key came with another input, {@code invalid_input}
   *     when it is no key
   */
  Reply answer(Invocation invocation, String key, Function<Tx, byte[]> work) {
    if (!KEY.matcher(key).matches()) {
      throw ProblemException.of(ProblemCode.INVALID_INPUT,
          "The Idempotency-Key must be 1 to 255 visible ASCII characters, such as a UUID.");
    }
    var sealed = new SealedAnswer(invocation.caller().actor(), invocation.operation(), key);
    var fingerprint = Buffer.buffer(SealedAnswer.sha256(canonical(invocation)));
    return sql.inTransaction(tx -> {
      var kept = reserve(tx, sealed, fingerprint);
      if (kept == null) {
        var answer = work.apply(tx);
        tx.run("idempotency.keep", sealed.address().addBuffer(Buffer.buffer(sealed.seal(answer))));
        return new Reply(answer, false);
      }
      if (!kept.getBuffer("fingerprint").equals(fingerprint)) {
        throw ProblemException.of(ProblemCode.IDEMPOTENCY_MISMATCH,
            "This Idempotency-Key came with another input of " + invocation.operation() + " before.");
      }
      return new Reply(sealed.open(kept.getBuffer("response").getBytes()), true);
    });
  }

  /**
   * Removes keys that are no longer kept.
   *
   * @param limit most keys to remove
   * @return how many were removed; call again at once when that is {@code limit}
   */
  public int expire(int limit) {
    return sql.run("idempotency.expire", Tuple.of(limit)).rowCount();
  }

  /** Takes the key, or returns the row of the call that had it. */
  private static @Nullable Row reserve(Tx tx, SealedAnswer sealed, Buffer fingerprint) {
    while (true) {
      if (tx.run("idempotency.reserve", sealed.address().addBuffer(fingerprint)).rowCount() == 1) {
        return null;
      }
      var found = tx.run("idempotency.find", sealed.address()).iterator();
      // Between the two statements the kept row may have grown old and been removed: then the key is free.
      if (found.hasNext()) {
        return found.next();
      }
    }
  }

  private static byte[] canonical(Invocation invocation) {
    try {
      return CANONICAL.writeValueAsBytes(invocation.input());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the input of " + invocation.operation() + " cannot be written as JSON", e);
    }
  }
}
