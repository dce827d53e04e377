package io.agentbus.job;

import io.agentbus.agent.AgentRef;
import io.agentbus.db.Database;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.namespace.NamespacePath;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Queues by number and by what they are for. A queue never changes but for its pause, which only the claim reads. */
public final class QueueStore {
  /** Most queues remembered; past it the memory starts anew. */
  private static final int REMEMBERED = 100_000;

  private record Key(int namespaceId, Target target, Lane lane) {}

  private final Database database;
  private final Map<Integer, Queue> byId = new ConcurrentHashMap<>();
  private final Map<Key, Queue> byKey = new ConcurrentHashMap<>();

  /** @param database a pool for look-ups: callers may hold a connection of the common one, and must not wait here for a second */
  public QueueStore(Database database) {
    this.database = database;
  }

  /** The queue of these, made when absent. */
  Queue ensure(int namespaceId, Target target, Lane lane) {
    var known = byKey.get(new Key(namespaceId, target, lane));
    // In a statement of its own, not in the caller's transaction: what is remembered must be committed.
    return known != null ? known : byId(make(database, namespaceId, target, lane));
  }

  /** The same as part of a transaction, so that nothing is left when that is rolled back; a queue that is made is not remembered. */
  Queue ensureWithin(Tx tx, int namespaceId, Target target, Lane lane) {
    var known = byKey.get(new Key(namespaceId, target, lane));
    return known != null ? known : read(tx.run("queue.get", Tuple.of(make(tx, namespaceId, target, lane))).iterator().next());
  }

  private static int make(Sql sql, int namespaceId, Target target, Lane lane) {
    return sql.run("queue.ensure", Tuple.of(namespaceId, target.namespaceId(), target.kind(), target.name(), lane.wire())).iterator().next()
        .getInteger("id");
  }

  /** The queue with this number, which exists. */
  public Queue byId(int id) {
    var known = byId.get(id);
    if (known != null) {
      return known;
    }
    return remember(read(database.run("queue.get", Tuple.of(id)).iterator().next()));
  }

  /** A queue that {@link #of} named before; does not wait, so that event loops may call it. */
  Queue remembered(int id) {
    var known = byId.get(id);
    if (known == null) {
      throw new IllegalStateException("queue " + id + " is not remembered");
    }
    return known;
  }

  /** The queues that an agent may claim from: its own, and those of its namespace and below for what it is or can. */
  public List<Queue> of(AgentRef agent) {
    var rows = database.run("queue.of_agent", Tuple.tuple().addString(agent.namespace().value()).addString(agent.name())
        .addArrayOfString(agent.capabilities().toArray(String[]::new)).addArrayOfString(agent.tags().toArray(String[]::new)));
    var queues = new ArrayList<Queue>();
    for (var row : rows) {
      queues.add(remember(read(row)));
    }
    return queues;
  }

  private Queue remember(Queue queue) {
    if (byId.size() >= REMEMBERED) {
      byId.clear();
      byKey.clear();
    }
    byId.put(queue.id(), queue);
    byKey.put(new Key(queue.namespaceId(), new Target(queue.targetNamespaceId(), queue.kind(), queue.name()), queue.lane()), queue);
    return queue;
  }

  private static Queue read(Row row) {
    return new Queue(row.getInteger("id"), row.getInteger("namespace_id"), new NamespacePath(row.getString("namespace")),
        row.getInteger("target_id"), row.getInteger("target_namespace_id"), row.getString("kind"), row.getString("name"),
        Lane.ofWire(row.getString("lane")));
  }
}
