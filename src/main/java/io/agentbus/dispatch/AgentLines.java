package io.agentbus.dispatch;

import io.agentbus.agent.AgentRef;
import io.agentbus.db.Database;
import io.agentbus.job.Queue;
import io.agentbus.job.QueueStore;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which lines each agent may take from. Remembered until a line is made anywhere, which is noticed within a second, or the agent itself
 * changes.
 */
final class AgentLines {
  private static final int REMEMBERED = 20_000;
  private static final long LOOK_EVERY_NANOS = 1_000_000_000L;

  /** @param newest what {@link #newest} was before they were looked up */
  private record Lines(AgentRef agent, String newest, List<Queue> queues) {}

  private final Database database;
  private final QueueStore queues;
  private final Map<Integer, Lines> remembered = new ConcurrentHashMap<>();
  private final AtomicLong lookDue = new AtomicLong(System.nanoTime());
  /** How many announced lines had been announced when somebody last looked because of one. */
  private final AtomicLong looked = new AtomicLong();
  private volatile String newest = "";

  AgentLines(Database database, QueueStore queues) {
    this.database = database;
    this.queues = queues;
  }

  /** The lines, those of the last second perhaps excepted. An agent that always finds work must hear of new lines too. */
  List<Queue> of(AgentRef agent) {
    var due = lookDue.get();
    if (System.nanoTime() - due >= 0 && lookDue.compareAndSet(due, System.nanoTime() + LOOK_EVERY_NANOS)) {
      refresh();
    }
    var before = newest;
    var known = remembered.get(agent.agentNo());
    if (known != null && known.newest().equals(before) && known.agent().equals(agent)) {
      return known.queues();
    }
    var found = queues.of(agent);
    if (remembered.size() >= REMEMBERED) {
      remembered.clear();
    }
    remembered.put(agent.agentNo(), new Lines(agent, before, found));
    return found;
  }

  /** Looks whether lines were made, unless somebody has looked since so many were announced: the next {@link #of} tells them too. */
  void lookSince(long announced) {
    if (announced > looked.get()) {
      refresh();
      looked.accumulateAndGet(announced, Math::max);
    }
  }

  /** Tells the lines that are known from those known at another time. */
  String newest() {
    return newest;
  }

  /** Looks whether lines were made since; what is remembered counts no more if so. */
  void refresh() {
    var row = database.run("queue.newest", Tuple.tuple()).iterator().next();
    newest = row.getLong("queues") + ":" + row.getInteger("newest");
  }
}
