package io.agentbus.bench;

import io.agentbus.db.HotConnection;
import io.agentbus.db.JdbcUrl;
import io.agentbus.db.NamedQueries;
import io.agentbus.id.Ids;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * The very statements of the hot path in a bare loop: one connection, one batch after the other, no services, nothing read but what
 * the next statement needs. What the bus does on top of it is the bus's own cost.
 */
final class BareLoop implements AutoCloseable {
  private static final OffsetDateTime EPOCH = OffsetDateTime.of(1970, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);
  private static final String AGENT = "SELECT a.agent_no, a.namespace_id FROM agentbus.agents a JOIN agentbus.namespaces n ON n.id = a.namespace_id"
      + " WHERE n.path = 'default' AND a.name = ?";
  private static final String PAYLOAD = "{\"number\": 1, \"filling\": \"" + "x".repeat(170) + "\"}";

  private final HotConnection connection;
  private final int queue;
  private final int target;
  private final int namespace;
  private final int agent;

  /** @param url of a migrated database in which the agent is registered */
  BareLoop(Vertx vertx, String url, String agentName) throws SQLException {
    connection = new HotConnection(vertx, "bare-loop", url, NamedQueries.load(List.of("job", "queue")));
    try (var catalog = JdbcUrl.of(url).connect(); var ask = catalog.prepareStatement(AGENT)) {
      ask.setString(1, agentName);
      try (var found = ask.executeQuery()) {
        if (!found.next()) {
          throw new IllegalStateException("no agent " + agentName + " is in the namespace default");
        }
        agent = found.getInt(1);
        namespace = found.getInt(2);
      }
    }
    queue = only("queue.ensure", Tuple.of(namespace, namespace, "agent", agentName, "reactive")).getInteger("id");
    target = only("queue.get", Tuple.of(queue)).getInteger("target_id");
  }

  /** Puts jobs in, so many a statement. */
  void enqueue(int jobs, int batch) {
    for (var done = 0; done < jobs; done += batch) {
      var size = Math.min(batch, jobs - done);
      var ids = new UUID[size];
      Arrays.setAll(ids, ignored -> Ids.next());
      run("job.enqueue", Tuple.tuple().addArrayOfUUID(ids).addArrayOfInteger(filled(new Integer[size], queue))
          .addArrayOfInteger(filled(new Integer[size], target)).addArrayOfInteger(filled(new Integer[size], namespace))
          .addArrayOfShort(filled(new Short[size], (short) 100)).addArrayOfOffsetDateTime(new OffsetDateTime[0])
          .addArrayOfShort(filled(new Short[size], (short) 5)).addArrayOfInteger(new Integer[0]).addArrayOfInteger(new Integer[0])
          .addArrayOfString(filled(new String[size], "reactive")).addArrayOfString(filled(new String[size], "bench.job"))
          .addArrayOfString(filled(new String[size], "bench")).addArrayOfUUID(new UUID[0]).addArrayOfString(new String[0])
          .addArrayOfString(new String[0]).addArrayOfString(new String[0]).addArrayOfString(filled(new String[size], PAYLOAD))
          .addArrayOfString(new String[0]).addArrayOfBoolean(filled(new Boolean[size], false))
          .addArrayOfString(filled(new String[size], "token:bench")));
    }
  }

  /** Claims and completes so many, which must be there. */
  void drain(int jobs, int batch) {
    var from = Place.START;
    for (var done = 0; done < jobs;) {
      var claimed = claim(batch, from);
      if (claimed.size() == 0) {
        throw new IllegalStateException("the line is empty after " + done + " of " + jobs + " jobs");
      }
      from = Place.of(claimed);
      complete(claimed);
      done += claimed.size();
    }
  }

  /** Enqueues a job and claims it, so many times; nanoseconds from the one's beginning to the other's answer. The line must be empty. */
  long[] pickUps(int jobs) {
    var nanos = new long[jobs];
    var from = Place.START;
    for (var i = 0; i < jobs; i++) {
      var started = System.nanoTime();
      enqueue(1, 1);
      var claimed = claim(1, from);
      nanos[i] = System.nanoTime() - started;
      from = Place.of(claimed);
      complete(claimed);
    }
    return nanos;
  }

  /** Where the last job of a claim stood: the next claim begins there. */
  private record Place(short rank, OffsetDateTime runAfter, UUID id) {
    static final Place START = new Place((short) 0, EPOCH, new UUID(0, 0));

    static Place of(RowSet<Row> claimed) {
      var last = START;
      for (var row : claimed) {
        last = new Place(row.getShort("rank"), row.getOffsetDateTime("run_after"), row.getUUID("id"));
      }
      return last;
    }
  }

  private RowSet<Row> claim(int wanted, Place from) {
    return run("job.claim", Tuple.tuple().addArrayOfInteger(new Integer[] {0}).addArrayOfInteger(new Integer[] {agent})
        .addArrayOfInteger(new Integer[] {wanted}).addArrayOfInteger(new Integer[] {600}).addArrayOfString(new String[] {"bench"})
        .addArrayOfInteger(new Integer[] {1}).addArrayOfString(new String[] {"token:bench"}).addArrayOfInteger(new Integer[] {0})
        .addArrayOfInteger(new Integer[] {queue}).addArrayOfShort(new Short[] {from.rank})
        .addArrayOfOffsetDateTime(new OffsetDateTime[] {from.runAfter}).addArrayOfUUID(new UUID[] {from.id}).addBoolean(false)
        .addArrayOfInteger(new Integer[] {namespace}).addArrayOfUUID(new UUID[0]));
  }

  private void complete(RowSet<Row> claimed) {
    var ids = new UUID[claimed.size()];
    var fences = new Long[claimed.size()];
    var at = 0;
    for (var row : claimed) {
      ids[at] = row.getUUID("id");
      fences[at++] = row.getLong("fence");
    }
    run("job.complete", Tuple.tuple().addArrayOfUUID(ids).addArrayOfLong(fences).addArrayOfInteger(filled(new Integer[at], agent))
        .addArrayOfString(filled(new String[at], "token:bench")).addArrayOfString(filled(new String[at], "{}"))
        .addArrayOfString(new String[0]).addArrayOfString(new String[0]).addArrayOfString(new String[0])
        .addArrayOfBoolean(filled(new Boolean[at], false)));
  }

  private static <T> T[] filled(T[] array, T value) {
    Arrays.fill(array, value);
    return array;
  }

  private RowSet<Row> run(String name, Tuple parameters) {
    return connection.run(name, parameters).await();
  }

  private Row only(String name, Tuple parameters) {
    return run(name, parameters).iterator().next();
  }

  @Override
  public void close() {
    connection.close().await();
  }
}
