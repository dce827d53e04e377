package io.agentbus.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.agent.AgentFinder;
import io.agentbus.agent.AgentRef;
import io.agentbus.agent.Directory;
import io.agentbus.agent.IdentityChanges;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.PgErrors;
import io.agentbus.db.Tx;
import io.agentbus.job.Lane;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Cursor;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Pauses and resumes. Pausing what is paused, and resuming what is not, changes nothing and answers the same. Every
 * change is journalled in its transaction.
 */
public final class Pauses {
  /** How long to wait for a program that makes a queue in a transaction of its own. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int DEFAULT_PAGE = 100;

  private final Directory directory;
  private final AgentFinder finder;
  private final IdentityChanges changes;
  private final WakeUps wakeUps;

  /** @param wakeUps told after the commit which queues may be claimed from again */
  public Pauses(Directory directory, AgentFinder finder, IdentityChanges changes, WakeUps wakeUps) {
    this.directory = directory;
    this.finder = finder;
    this.changes = changes;
    this.wakeUps = wakeUps;
  }

  public Pause pauseLane(Call call, PauseLane wish) {
    return pause(call, scope(directory.meant(call, wish.namespace()), wish.lane(), null), "pause_lane", wish.reason());
  }

  public Resumed resumeLane(Call call, ResumeLane wish) {
    return resume(call, scope(directory.existing(call.caller(), wish.namespace()), wish.lane(), null), "resume_lane",
        wish.reason());
  }

  public Pause pauseAgent(Call call, PauseAgent wish) {
    var agent = finder.find(call, wish.namespace(), wish.agent());
    return pause(call, scope(agent.namespace(), null, agent), "pause_agent", wish.reason());
  }

  public Resumed resumeAgent(Call call, ResumeAgent wish) {
    var agent = finder.find(call, wish.namespace(), wish.agent());
    return resume(call, scope(agent.namespace(), null, agent), "resume_agent", wish.reason());
  }

  public Pause pauseNamespace(Call call, PauseNamespace wish) {
    return pause(call, scope(directory.meant(call, wish.namespace()), null, null), "pause_namespace", wish.reason());
  }

  public Resumed resumeNamespace(Call call, ResumeNamespace wish) {
    return resume(call, scope(directory.existing(call.caller(), wish.namespace()), null, null), "resume_namespace",
        wish.reason());
  }

  /** A page of the pauses within the caller's walls. */
  public PausePage listPauses(Call call, ListPauses wish) {
    var caller = call.caller();
    var filter = wish.namespace() == null ? null : directory.filter(caller, wish.namespace());
    var after = after(wish.cursor());
    if (caller.namespaces().isEmpty() && !caller.isOperator()) {
      return new PausePage(List.of(), null);
    }
    var limit = wish.limit() == null ? DEFAULT_PAGE : wish.limit();
    var found = PauseStore.list(call.sql(), filter == null ? null : filter.toSqlRegex(), caller.namespaces(), after,
        limit + 1);
    return found.size() <= limit ? new PausePage(found, null)
        : new PausePage(found.subList(0, limit), Cursor.of(found.get(limit - 1).id().toString()));
  }

  private Pause pause(Call call, PauseStore.Scope scope, String action, String reason) {
    var by = call.caller().actor();
    return alone(call, tx -> {
      var added = PauseStore.add(tx, scope, reason, by);
      var pause = PauseStore.get(tx, scope);
      if (added) {
        PauseStore.journal(tx, scope, by, action, about(scope, pause.id(), reason));
        tx.afterCommit(changes::happened);
      }
      return pause;
    });
  }

  private Resumed resume(Call call, PauseStore.Scope scope, String action, @Nullable String reason) {
    return alone(call, tx -> {
      var removed = PauseStore.remove(tx, scope);
      if (removed != null) {
        PauseStore.journal(tx, scope, call.caller().actor(), action, about(scope, removed.id(), reason));
        tx.afterCommit(changes::happened);
        tx.afterCommit(() -> removed.claimable().forEach(wakeUps::ready));
      }
      var still = PauseStore.covering(tx, scope);
      var seen = still.stream().filter(pause -> call.caller().sees(pause.namespace())).toList();
      return new Resumed(scope.word(), scope.namespace(), scope.lane(), scope.agentName(), !still.isEmpty(), seen);
    });
  }

  private PauseStore.Scope scope(NamespacePath namespace, @Nullable Lane lane, @Nullable AgentRef agent) {
    return new PauseStore.Scope(namespace, Objects.requireNonNull(directory.namespaceId(namespace)), lane, agent);
  }

  /** Runs work under the lock of pauses. */
  private static <T> T alone(Call call, Function<Tx, T> work) {
    try {
      return call.sql().inTransaction(tx -> {
        PauseStore.lock(tx, PATIENCE.toMillis() + "ms");
        return work.apply(tx);
      });
    } catch (RuntimeException failure) {
      if (PgErrors.isLockTimeout(failure)) {
        throw ProblemException.of(ProblemCode.UNAVAILABLE, "Nothing was changed: for " + PATIENCE.toSeconds()
            + " s another transaction has kept the queues from being changed,"
            + " probably an open one that called agentbus.enqueue_job.");
      }
      throw failure;
    }
  }

  private static ObjectNode about(PauseStore.Scope scope, UUID id, @Nullable String reason) {
    var detail = JsonNodeFactory.instance.objectNode().put("pause_id", id.toString()).put("scope", scope.word())
        .put("reason", reason);
    if (scope.lane() != null) {
      detail.put("lane", scope.lane().wire());
    }
    return scope.agent() == null ? detail : detail.put("agent", scope.agent().name()).put("agent_id", scope.agent().id()
        .toString());
  }

  private static @Nullable UUID after(@Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    try {
      return UUID.fromString(Cursor.read(cursor));
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid("/cursor",
          "is not a cursor that list_pauses gave; leave it out for the first page");
    }
  }
}
