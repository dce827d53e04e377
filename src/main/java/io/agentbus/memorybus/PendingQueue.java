package io.agentbus.memorybus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Tx;
import io.agentbus.id.Ids;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Keeps actions until somebody has decided. */
final class PendingQueue {
  static final String REASON = "governance requires approval";
  /** Most actions of one namespace that wait. */
  private static final int MOST = 1_000;

  private final WakeUps wakeUps;

  PendingQueue(WakeUps wakeUps) {
    this.wakeUps = wakeUps;
  }

  /** Queues an action. The caller holds the space. */
  UUID add(Tx tx, int namespaceId, String what, @Nullable UUID entry, ObjectNode payload, MemoryActor who) {
    var space = tx.run("memory.lock_spaces", Tuple.tuple().addArrayOfInteger(new Integer[] {namespaceId})).iterator().next();
    if (space.getInteger("pending") >= MOST) {
      throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, MOST + " actions wait for approval in this namespace already; decide some first.");
    }
    var id = Ids.next();
    tx.run("memory.queue", MemoryStore.tuple(id, namespaceId, what, entry, Json.text(payload), who.name(), who.identity()));
    tx.run("memory.count_pending", Tuple.of(namespaceId, 1));
    var detail = Json.MAPPER.createObjectNode().put("pending_id", id.toString()).put("action_type", what).put("agent_id", who.name());
    if (entry != null) {
      detail.put("memory_id", entry.toString());
    }
    MemoryEvents.APPROVAL_REQUESTED.tell(tx, namespaceId, who.identity(), detail);
    tx.afterCommit(wakeUps::news);
    return id;
  }
}
