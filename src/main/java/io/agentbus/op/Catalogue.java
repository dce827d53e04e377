package io.agentbus.op;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.agentbus.db.Sql;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.problem.Suggestion;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All operations of a node, each bound to its service: the only way from a door to a feature. Bind first, then share.
 */
public final class Catalogue {
  private static final Logger LOG = LoggerFactory.getLogger(Catalogue.class);

  private final Map<String, Bound<?, ?, ?>> bound = new LinkedHashMap<>();
  private final Sql sql;
  private final IdempotencyStore answers;
  private final Limits limits;

  /** A catalogue with the usual limits. */
  public Catalogue(Sql sql) {
    this(sql, Limits.DEFAULT);
  }

  /**
   * @param sql where the statements of calls go
   * @param limits those of inputs that the node sets
   */
  public Catalogue(Sql sql, Limits limits) {
    this.sql = sql;
    this.limits = limits;
    this.answers = new IdempotencyStore(sql);
  }

  private record Bound<S, I extends Record, O>(Operation<S, I, O> operation, S service, InputReader<I> reader) {
    /** Checks the input at once; what comes back does the work wherever its argument leads. */
    Function<Sql, Reply> prepare(Invocation invocation) {
      var input = reader.readInput(operation, invocation.input());
      return sql -> {
        var output = operation.handler().handle(service, new Call(invocation.caller(), invocation.requestId(), sql), input);
        return new Reply(write(output), false, output);
      };
    }

    private byte[] write(O output) {
      try {
        return Json.MAPPER.writeValueAsBytes(output);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("the answer of " + operation.name() + " cannot be written as JSON", e);
      }
    }
  }

  /** Offers an operation through every door; a name offered twice is a defect. */
  public <S, I extends Record, O> Catalogue bind(Operation<S, I, O> operation, S service) {
    if (bound.put(operation.name(), new Bound<>(operation, service, InputReader.of(operation.input(), limits))) != null) {
      throw new IllegalStateException("operation '" + operation.name() + "' is bound twice");
    }
    return this;
  }

  /** Offers operations, each carried out by the service of its class among {@code services}. */
  public Catalogue bindAll(Collection<? extends Operation<?, ?, ?>> operations, Object... services) {
    operations.forEach(operation -> bindToOneOf(operation, services));
    return this;
  }

  private <S, I extends Record, O> void bindToOneOf(Operation<S, I, O> operation, Object[] services) {
    for (var service : services) {
      if (operation.service().isInstance(service)) {
        bind(operation, operation.service().cast(service));
        return;
      }
    }
    throw new IllegalStateException(
        "operation '" + operation.name() + "' has no " + operation.service().getSimpleName() + " to carry it out");
  }

  /** Every operation, in the order bound. */
  public Collection<? extends Operation<?, ?, ?>> operations() {
    return bound.values().stream().<Operation<?, ?, ?>>map(Bound::operation).toList();
  }

  /** The limits of inputs on this node. */
  public Limits limits() {
    return limits;
  }

  /** The operations that the caller has the right to use, in the order bound: what help and tool lists show. */
  public Collection<? extends Operation<?, ?, ?>> visibleTo(Caller caller) {
    return operations().stream().filter(operation -> caller.may(operation.right())).toList();
  }

  /** The operation of that name, or null. */
  public @Nullable Operation<?, ?, ?> find(String name) {
    var found = bound.get(name);
    return found == null ? null : found.operation();
  }

  /**
   * Carries out one call and waits for its answer. Virtual threads only.
   *
   * <p>With an Idempotency-Key and an operation that writes, key, effect and answer are one commit: the same key and
   * input get the same answer for {@link IdempotencyStore#KEPT_HOURS} hours, and a refusal is not kept, so that the
   * caller can correct the input and use the key again. Without a key the work runs outside any transaction, so that
   * stores may batch it. Who tried in vain to change something stands in the journal.
   *
   * @throws ProblemException every refusal; a defect becomes {@code internal} and stands in the log under the request
   *     id
   */
  public Reply invoke(Invocation invocation) {
    try {
      return answer(invocation);
    } catch (ProblemException refusal) {
      throw refusal;
    } catch (Throwable defect) {
      throw internal(invocation, defect);
    }
  }

  private Reply answer(Invocation invocation) {
    var found = bound.get(invocation.operation());
    if (found == null) {
      var near = Suggestion.words(invocation.operation(), bound.keySet());
      throw ProblemException.of(ProblemCode.NOT_FOUND,
          "There is no operation '" + shortened(invocation.operation()) + "'" + (near.isEmpty() ? "." : near));
    }
    try {
      return answer(found, invocation);
    } catch (ProblemException refusal) {
      RefusalJournal.note(sql, found.operation(), invocation, refusal);
      throw refusal;
    }
  }

  private Reply answer(Bound<?, ?, ?> found, Invocation invocation) {
    var operation = found.operation();
    invocation.caller().require(operation.right());
    var work = found.prepare(invocation);
    var key = invocation.idempotencyKey();
    if (key == null || operation.effect() == Effect.READ) {
      return work.apply(sql);
    }
    return answers.answer(invocation, key, tx -> work.apply(tx).json());
  }

  /** The one place where defects end: the cause goes to the log, the caller gets the request id to name it by. */
  private static ProblemException internal(Invocation invocation, Throwable defect) {
    if (defect instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return ProblemException.of(ProblemCode.UNAVAILABLE, "The node is stopping; nothing is known to have changed.");
    }
    LOG.atError().setCause(defect).addKeyValue("request", invocation.requestId())
        .addKeyValue("operation", invocation.operation()).addKeyValue("caller", invocation.caller().actor())
        .log("operation failed");
    return ProblemException.of(ProblemCode.INTERNAL, "The operation failed; the log has the cause under request "
        + invocation.requestId() + ".");
  }

  private static String shortened(String name) {
    return name.length() <= 60 ? name : name.substring(0, 57) + "...";
  }
}
