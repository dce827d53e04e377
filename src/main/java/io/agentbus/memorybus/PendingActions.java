package io.agentbus.memorybus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.agent.Directory;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
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
  private final MemoryGate gate;
  private final MemoryWriter writer;
  private final MemoryStandards standards;
  private final WakeUps wakeUps;

  PendingActions(Directory directory, MemoryGate gate, MemoryWriter writer, MemoryStandards standards, WakeUps wakeUps) {
    this.directory = directory;
    this.gate = gate;
    this.writer = writer;
    this.standards = standards;
    this.wakeUps = wakeUps;
  }

  /**
   * An action and who asked for it, as the journal has him.
   *
   * @param places the one or two namespaces in which it waits
   */
  private record Queued(UUID id, List<Place> places, MemoryChange change, MemoryActor requester) {}

  /** Votes there are and votes it takes, in all the namespaces that are asked. */
  private record Tally(int votes, int needed) {}

  /** The actions within the caller's walls. */
  public ListedPending list(Call call, ListPending in) {
    var limit = Math.clamp(in.limit() == null ? PAGE : in.limit(), 1, MOST);
    var rows = call.sql().run("memory.pending",
        MemoryStore.tuple(MemoryNames.walls(call.caller()), in.status(), (long) limit, null, MemoryStore.ANSWER_BYTES));
    var found = rows.stream().map(row -> action(call.caller(), row)).toList();
    return new ListedPending(found.size(), found, MemoryStore.truncated(rows));
  }

  /** Approves an action, and carries it out when that was the last vote it needed. */
  public PendingApproved approve(Call call, DecidePending in) {
    var caller = call.caller();
    return call.sql().inTransaction(tx -> {
      var queued = held(tx, caller, in.id());
      // Anew: the governance, the entry and its end may have changed since it was asked for.
      var asked = gate.asked(tx, queued.change(), queued.requester());
      var places = asked.isEmpty() ? queued.places() : asked;
      var here = places.stream().filter(place -> caller.sees(place.path())).findFirst().orElse(places.getFirst());
      var who = MemoryActor.of(directory, caller, in.agentId(), here.path());
      if (!who.operator() && who.owns(queued.requester().identity())) {
        throw ProblemException.of(ProblemCode.FORBIDDEN, "approve rejected: who asked for an action cannot approve it.");
      }
      var tally = vote(tx, call, in, places);
      if (tally.votes() < tally.needed()) {
        return new PendingApproved(false, in.id(), null, null, null, "pending", tally.votes(), tally.needed(), places.size() == 1
            ? "consensus threshold not yet reached" : "the approvers of " + places.get(0).path() + " and of " + places.get(1).path() + " must approve");
      }
      decide(tx, queued, "approved", who, caller);
      return new PendingApproved(true, in.id(), who.name(), true, writer.carryOut(tx, caller, queued.change(), queued.requester()), null, null, null,
          null);
    });
  }

  /** Votes wherever the caller sees and approves; refuses when that is nowhere. */
  private Tally vote(Tx tx, Call call, DecidePending in, List<Place> places) {
    ProblemException refusal = null;
    var may = false;
    var votes = 0;
    var needed = 0;
    for (var place : places) {
      var who = MemoryActor.of(directory, call.caller(), in.agentId(), place.path());
      var ruling = standards.ruling(tx, place.path());
      var approver = ruling.policy().approver();
      var against = standards.against(ruling, place.path(), call.caller(), who);
      if (against == null) {
        may = true;
        tx.run("memory.vote", Tuple.of(in.id(), place.id(), approver.seat(), voter(who)));
      } else if (refusal == null || call.caller().sees(place.path())) {
        refusal = against;
      }
      votes += Math.min(approver.votes(), tx.run("memory.votes", Tuple.of(in.id(), place.id(), approver.seat())).iterator().next().getInteger("votes"));
      needed += approver.votes();
    }
    if (!may && refusal != null) {
      throw refusal;
    }
    return new Tally(votes, needed);
  }

  /** Rejects an action: who may approve it in one of its namespaces may, and who asked for it. */
  public PendingRejected reject(Call call, DecidePending in) {
    var caller = call.caller();
    return call.sql().inTransaction(tx -> {
      var queued = held(tx, caller, in.id());
      var first = queued.places().getFirst().path();
      var who = MemoryActor.of(directory, caller, in.agentId(), first);
      if (!who.operator() && !who.owns(queued.requester().identity())) {
        var refusals = queued.places().stream().map(place -> standards.against(standards.ruling(tx, place.path()), place.path(), caller, who))
            .toList();
        if (!refusals.contains(null)) {
          throw Objects.requireNonNull(refusals.getFirst());
        }
      }
      decide(tx, queued, "rejected", who, caller);
      return new PendingRejected(true, in.id(), who.name());
    });
  }

  /** Who votes: an agent is the same however its name is written, but not one of the same name elsewhere. */
  private static String voter(MemoryActor who) {
    return who.identity().toLowerCase(Locale.ROOT);
  }

  /** The action, held until the transaction ends with all the spaces it touches, while it is pending. */
  private Queued held(Tx tx, Caller caller, UUID id) {
    var row = find(tx, caller, id);
    if (row == null) {
      throw ProblemException.notFound("pending action", id);
    }
    var queued = queued(row);
    // The spaces first, as everybody does. What the row says of the action never changes, only what was decided.
    var spaces = new ArrayList<>(queued.change().spaces());
    queued.places().forEach(place -> spaces.add(place.id()));
    MemoryStore.hold(tx, spaces);
    for (var now : tx.run("memory.lock_pending", Tuple.of(id))) {
      var status = now.getString("status");
      if (!status.equals("pending")) {
        throw ProblemException.of(ProblemCode.INVALID_TRANSITION, "The action " + id + " is already decided: it was " + status + " by "
            + now.getString("decided_by") + ".").with("status", status);
      }
      return queued;
    }
    throw ProblemException.notFound("pending action", id);
  }

  private static @Nullable Row find(Sql sql, Caller caller, UUID id) {
    for (var row : sql.run("memory.pending", MemoryStore.tuple(MemoryNames.walls(caller), null, 1L, id, MemoryStore.ANSWER_BYTES))) {
      return row;
    }
    return null;
  }

  private Queued queued(Row row) {
    var id = row.getUUID("id");
    var places = new ArrayList<>(List.of(place(row.getInteger("namespace_id"))));
    if (row.getInteger("also_id") != null) {
      places.add(place(row.getInteger("also_id")));
    }
    var at = place(row.getInteger("stood_in"));
    var payload = tree(row.getString("payload"));
    var change = switch (row.getString("action_type")) {
      case "store" -> new MemoryChange.Store(input(id, payload, StoreMemory.class), at);
      case "update" -> {
        var in = input(id, payload, UpdateMemory.class);
        yield new MemoryChange.Update(in, at, place(in.namespace()));
      }
      case "delete" -> new MemoryChange.Delete(row.getUUID("memory_id"), at);
      case "promote" -> new MemoryChange.Promote(row.getUUID("memory_id"), at, place(input(id, payload, PromoteMemory.class).toNamespace()));
      case String other -> throw new IllegalStateException("an action of type " + other + " was queued");
    };
    return new Queued(id, places, change,
        MemoryActor.again(directory, row.getString("requested_by"), row.getString("requester"), row.getBoolean("operated")));
  }

  private Place place(int namespaceId) {
    return new Place(directory.namespacePath(namespaceId), namespaceId);
  }

  /** A namespace that was there when the action was queued. */
  private @Nullable Place place(@Nullable String path) {
    if (path == null) {
      return null;
    }
    var namespace = new NamespacePath(path);
    return new Place(namespace, Objects.requireNonNull(directory.namespaceId(namespace), path));
  }

  private void decide(Tx tx, Queued queued, String status, MemoryActor who, Caller caller) {
    if (tx.run("memory.decide", Tuple.of(queued.id(), status, who.name())).size() == 0) {
      throw ProblemException.of(ProblemCode.INVALID_TRANSITION, "The action " + queued.id() + " is already decided.");
    }
    for (var place : queued.places()) {
      tx.run("memory.count_pending", Tuple.of(place.id(), -1));
      MemoryStore.journal(tx, place.id(), caller.actor(), status.equals("approved") ? "memory_pending_approve" : "memory_pending_reject",
          Json.MAPPER.createObjectNode().put("pending_id", queued.id().toString()).put("action_type", queued.change().action())
              .put("agent_id", who.name()));
    }
    tx.afterCommit(wakeUps::news);
  }

  private static <I> I input(UUID id, JsonNode payload, Class<I> type) {
    try {
      return Json.MAPPER.treeToValue(payload, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the pending action " + id + " holds no " + type.getSimpleName(), e);
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
