package io.agentbus.memorybus;

import io.agentbus.bus.WakeUps;
import io.agentbus.db.Tx;
import io.agentbus.id.Ids;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;

/** Keeps actions until somebody has decided. */
final class PendingQueue {
  static final String REASON = "governance requires approval";
  /** Most actions of one namespace that wait. */
  private static final int MOST = 1_000;

  private final WakeUps wakeUps;

  PendingQueue(WakeUps wakeUps) {
    this.wakeUps = wakeUps;
  }

  /**
   * Queues a change.
   *
   * @param asked the one or two namespaces that want to approve it, whose spaces the caller holds
   */
  UUID add(Tx tx, List<Place> asked, MemoryChange change, MemoryActor who) {
    var id = Ids.next();
    var entry = change.entry();
    var also = asked.size() == 1 ? null : asked.get(1);
    tx.run("memory.queue", MemoryStore.tuple(id, asked.getFirst().id(), also == null ? null : also.id(), change.action(), entry, change.at().id(),
        Json.text(change.payload()), who.name(), who.identity(), who.operator()));
    for (var place : asked) {
      var space = tx.run("memory.lock_spaces", Tuple.tuple().addArrayOfInteger(new Integer[] {place.id()})).iterator().next();
      if (space.getInteger("pending") >= MOST) {
        throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, MOST + " actions wait for approval in " + place.path() + " already; decide some first.");
      }
      tx.run("memory.count_pending", Tuple.of(place.id(), 1));
      var detail = Json.MAPPER.createObjectNode().put("pending_id", id.toString()).put("action_type", change.action()).put("agent_id", who.name());
      if (entry != null) {
        detail.put("memory_id", entry.toString());
      }
      MemoryEvents.APPROVAL_REQUESTED.tell(tx, place.id(), who.identity(), detail);
    }
    tx.afterCommit(wakeUps::news);
    return id;
  }
}
