package io.agentbus.memorybus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.agent.Directory;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.memorybus.MemoryNames.Named;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Lists and decides what waits for approval. The decision and what it allows are one transaction: an action that cannot be carried out stays
 * pending, and one is carried out at most once.
 */
public final class PendingActions {
  private static final int PAGE = 100;
  private static final int MOST = 1_000;

  private final Directory directory;
  private final Memories memories;
  private final MemoryStandards standards;
  private final WakeUps wakeUps;

  PendingActions(Directory directory, Memories memories, MemoryStandards standards, WakeUps wakeUps) {
    this.directory = directory;
    this.memories = memories;
    this.standards = standards;
    this.wakeUps = wakeUps;
  }

  /** An action and who asked for it, as the journal has him. */
  private record Queued(UUID id, String type, @Nullable UUID memoryId, NamespacePath namespace, int namespaceId, JsonNode payload, MemoryActor requester) {}

  /** The actions within the caller's walls. */
  public ListedPending list(Call call, ListPending in) {
    var limit = Math.clamp(in.limit() == null ? PAGE : in.limit(), 1, MOST);
    var found = call.sql().run("memory.pending", MemoryStore.tuple(MemoryNames.walls(call.caller()), in.status(), (long) limit, null)).stream()
        .map(row -> action(call.caller(), row)).toList();
    return new ListedPending(found.size(), found);
  }

  /** Approves an action, and carries it out when that was the last vote it needed. */
  public PendingApproved approve(Call call, DecidePending in) {
    var caller = call.caller();
    return call.sql().inTransaction(tx -> {
      var queued = held(tx, caller, in.id());
      var who = MemoryActor.of(directory, caller, in.agentId(), queued.namespace());
      var needed = standards.votesNeeded(tx, queued.namespace(), who);
      if (!who.operator() && who.owns(queued.requester().identity())) {
        throw ProblemException.of(ProblemCode.FORBIDDEN, "approve rejected: who asked for an action cannot approve it.");
      }
      var votes = Math.toIntExact(tx.run("memory.vote", Tuple.of(in.id(), voter(who))).iterator().next().getLong("votes"));
      if (votes < needed) {
        return new PendingApproved(false, in.id(), null, null, null, "pending", votes, needed, "consensus threshold not yet reached");
      }
      decide(tx, queued, "approved", who, caller);
      return new PendingApproved(true, in.id(), who.name(), true, carryOut(tx, caller, queued), null, null, null, null);
    });
  }

  /** Rejects an action: who may approve it may, and who asked for it. */
  public PendingRejected reject(Call call, DecidePending in) {
    var caller = call.caller();
    return call.sql().inTransaction(tx -> {
      var queued = held(tx, caller, in.id());
      var who = MemoryActor.of(directory, caller, in.agentId(), queued.namespace());
      if (!who.operator() && !who.owns(queued.requester().identity())) {
        standards.votesNeeded(tx, queued.namespace(), who);
      }
      decide(tx, queued, "rejected", who, caller);
      return new PendingRejected(true, in.id(), who.name());
    });
  }

  /** Who votes: an agent is the same however its name is written, but not one of the same name elsewhere. */
  private static String voter(MemoryActor who) {
    return who.identity().toLowerCase(Locale.ROOT);
  }

  /** The action, held until the transaction ends, while it is pending. */
  private static Queued held(Tx tx, Caller caller, UUID id) {
    if (find(tx, caller, id) == null || tx.run("memory.lock_pending", Tuple.of(id)).size() == 0) {
      throw ProblemException.notFound("pending action", id);
    }
    // Again, as it is under the lock.
    var row = find(tx, caller, id);
    if (row == null) {
      throw ProblemException.notFound("pending action", id);
    }
    var status = row.getString("status");
    if (!status.equals("pending")) {
      throw ProblemException.of(ProblemCode.INVALID_TRANSITION, "The action " + id + " is already decided: it was " + status + " by "
          + row.getString("decided_by") + ".").with("status", status);
    }
    var namespaceId = row.getInteger("namespace_id");
    MemoryStore.hold(tx, namespaceId);
    return new Queued(id, row.getString("action_type"), row.getUUID("memory_id"), new NamespacePath(row.getString("namespace")), namespaceId,
        tree(row.getString("payload")), new MemoryActor(row.getString("requested_by"), row.getString("requester"), null, false));
  }

  private static @Nullable Row find(Sql sql, Caller caller, UUID id) {
    for (var row : sql.run("memory.pending", MemoryStore.tuple(MemoryNames.walls(caller), null, 1L, id))) {
      return row;
    }
    return null;
  }

  private void decide(Tx tx, Queued queued, String status, MemoryActor who, Caller caller) {
    if (tx.run("memory.decide", Tuple.of(queued.id(), status, who.name())).size() == 0) {
      throw ProblemException.of(ProblemCode.INVALID_TRANSITION, "The action " + queued.id() + " is already decided.");
    }
    tx.run("memory.count_pending", Tuple.of(queued.namespaceId(), -1));
    MemoryStore.journal(tx, queued.namespaceId(), caller.actor(), status.equals("approved") ? "memory_pending_approve" : "memory_pending_reject",
        Json.MAPPER.createObjectNode().put("pending_id", queued.id().toString()).put("action_type", queued.type()).put("agent_id", who.name()));
    tx.afterCommit(wakeUps::news);
  }

  private @Nullable UUID carryOut(Tx tx, Caller caller, Queued queued) {
    return switch (queued.type()) {
      case "store" -> memories.put(tx, caller, input(queued, StoreMemory.class), new Named(queued.namespace(), false), queued.namespaceId(),
          queued.requester()).id();
      case "update" -> {
        var in = input(queued, UpdateMemory.class);
        var before = MemoryStore.get(tx, caller, in.id());
        var toId = in.namespace() == null ? before.namespaceId() : namespaceId(in.namespace());
        MemoryStore.hold(tx, before.namespaceId(), toId);
        memories.change(tx, caller, in, before, toId, queued.requester());
        yield in.id();
      }
      case "promote" -> {
        var in = input(queued, PromoteMemory.class);
        var before = MemoryStore.get(tx, caller, in.id());
        var to = in.toNamespace() == null ? null : new Named(new NamespacePath(in.toNamespace()), false);
        var toId = to == null ? before.namespaceId() : namespaceId(to.path().value());
        MemoryStore.hold(tx, before.namespaceId(), toId);
        var promoted = memories.raise(tx, caller, before, to, toId, queued.requester());
        yield promoted.cloneId() == null ? in.id() : promoted.cloneId();
      }
      case "delete" -> {
        var id = Objects.requireNonNull(queued.memoryId());
        var before = MemoryStore.get(tx, caller, id);
        MemoryStore.hold(tx, before.namespaceId());
        memories.remove(tx, caller, before, queued.requester());
        yield id;
      }
      default -> throw new IllegalStateException("an action of type " + queued.type() + " was queued");
    };
  }

  /** The number of a namespace that was there when the action was queued. */
  private int namespaceId(String path) {
    return Objects.requireNonNull(directory.namespaceId(new NamespacePath(path)), path);
  }

  private static <I> I input(Queued queued, Class<I> type) {
    try {
      return Json.MAPPER.treeToValue(queued.payload(), type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the pending action " + queued.id() + " holds no " + type.getSimpleName(), e);
    }
  }

  private static PendingAction action(Caller caller, Row row) {
    return new PendingAction(row.getUUID("id"), row.getString("action_type"), row.getUUID("memory_id"),
        MemoryNames.shown(caller, row.getString("namespace"), false), Json.raw(row.getString("payload")), row.getString("requested_by"),
        row.getOffsetDateTime("requested_at"), row.getString("status"), row.getString("decided_by"), row.getOffsetDateTime("decided_at"),
        Json.raw(row.getString("approvals")));
  }

  private static JsonNode tree(String json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a pending action in the database is not JSON", e);
    }
  }
}
