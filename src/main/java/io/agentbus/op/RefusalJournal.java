package io.agentbus.op;

import io.agentbus.db.Sql;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into the journal who tried what in vain, alike for every operation that would have changed something. What is wrong with a call
 * itself, who is not known, and what there is too much of is not told: anybody could fill the journal with it.
 */
public final class RefusalJournal {
  private static final Logger LOG = LoggerFactory.getLogger(RefusalJournal.class);
  private static final Set<ProblemCode> TOLD = EnumSet.of(ProblemCode.FORBIDDEN, ProblemCode.NOT_FOUND, ProblemCode.LEASE_LOST,
      ProblemCode.INVALID_TRANSITION, ProblemCode.DUPLICATE_CONFLICT, ProblemCode.PRECONDITION_FAILED, ProblemCode.PAUSED, ProblemCode.OVER_BUDGET);
  private static final int LONGEST_REASON = 300;

  private RefusalJournal() {}

  /**
   * Notes a refusal, unless it is of a kind that is not told. Never throws: the caller must hear the refusal.
   *
   * @param sql what will be committed whatever becomes of the call: the pool, or the transaction of a call that goes on
   * @param job that the call names, or null
   * @param fence that the call names, or null
   */
  public static void note(Sql sql, Caller caller, String operation, @Nullable UUID job, @Nullable Long fence, ProblemException refusal) {
    if (!TOLD.contains(refusal.code())) {
      return;
    }
    var home = caller.namespaces().isEmpty() ? null : caller.home().value();
    var seesAny = !caller.namespaces().isEmpty() || caller.isOperator();
    var reason = refusal.getMessage();
    var detail = Json.MAPPER.createObjectNode().put("refused", refusal.code().wire())
        .put("reason", reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON - 3) + "...");
    try {
      sql.run("refusal.note", Tuple.tuple().addString(caller.actor()).addString(operation).addString(home).addUUID(seesAny ? job : null)
          .addArrayOfString(caller.namespaces().stream().map(NamespacePath::value).toArray(String[]::new)).addLong(fence)
          .addString(detail.toString()));
    } catch (RuntimeException failure) {
      LOG.atWarn().setCause(failure).addKeyValue("operation", operation).addKeyValue("caller", caller.actor())
          .addKeyValue("problem", refusal.code().wire()).log("a refusal could not be journalled");
    }
  }

  /** Notes the refusal of a whole call. A transaction that it had was rolled back, so that this goes to the pool. */
  static void note(Sql pool, Operation<?, ?, ?> operation, Invocation invocation, ProblemException refusal) {
    // A verb on an attempt tells of a lost lease itself, with what became of the attempt; but not where that would be rolled back.
    var isTold = refusal.code() == ProblemCode.LEASE_LOST && invocation.idempotencyKey() == null;
    if (operation.effect() != Effect.READ && !isTold) {
      var fence = invocation.input().path("fence");
      note(pool, invocation.caller(), operation.name(), uuid(invocation.input().path("job_id").asText()),
          fence.isIntegralNumber() && fence.canConvertToLong() ? fence.longValue() : null, refusal);
    }
  }

  private static @Nullable UUID uuid(String text) {
    return ValueReader.UUID_FORM.matcher(text).matches() ? UUID.fromString(text) : null;
  }
}
