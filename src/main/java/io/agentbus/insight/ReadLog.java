package io.agentbus.insight;

import io.agentbus.db.Database;
import io.agentbus.event.EventReads;
import io.agentbus.inbox.MessageReads;
import io.agentbus.job.JobReads;
import io.agentbus.op.Call;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes down what callers read, so that {@code audit_window} can tell. Notes are gathered and written in batches; what a killed node had not
 * written is lost. Nothing is dropped while it runs: when the buffer is full, who reads writes it out first.
 */
public final class ReadLog implements JobReads, EventReads, MessageReads {
  /** Most notes that wait to be written. */
  static final int ROOM = 2_000;
  private static final int BATCH = 1_000;

  private final ArrayBlockingQueue<Note> notes;
  private final Database database;
  /** Taken from the queue and not yet written; touched under the lock of {@link #flush} only. */
  private final List<Note> batch = new ArrayList<>(BATCH);

  private record Note(long nanos, String actor, String operation, @Nullable String namespace, List<UUID> jobs, int rows) {}

  /**
   * @param database a pool of which callers of {@link #note} hold no connection: they may wait here for one
   */
  public ReadLog(Database database) {
    this(database, ROOM);
  }

  ReadLog(Database database, int room) {
    this.database = database;
    this.notes = new ArrayBlockingQueue<>(room);
  }

  @Override
  public void note(Call call, String operation, @Nullable String namespace, List<UUID> jobs) {
    note(call, operation, namespace, jobs, jobs.size());
  }

  /** @throws io.agentbus.problem.ProblemException {@code unavailable} when the buffer is full and the database does not answer */
  @Override
  public void note(Call call, String operation, @Nullable String namespace, List<UUID> jobs, int rows) {
    if (rows == 0 && jobs.isEmpty()) {
      return;
    }
    var note = new Note(System.nanoTime(), call.caller().actor(), operation, namespace, List.copyOf(jobs), rows);
    while (!notes.offer(note)) {
      flush();
    }
  }

  /** Writes all notes. What fails to be written is written by the next flush. Virtual threads only. */
  public synchronized void flush() {
    while (true) {
      notes.drainTo(batch, BATCH - batch.size());
      if (batch.isEmpty()) {
        return;
      }
      var now = System.nanoTime();
      database.run("insight.write_reads", Tuple.tuple()
          .addArrayOfDouble(batch.stream().map(note -> (now - note.nanos) / 1e9).toArray(Double[]::new))
          .addArrayOfString(batch.stream().map(Note::actor).toArray(String[]::new))
          .addArrayOfString(batch.stream().map(Note::operation).toArray(String[]::new))
          .addArrayOfString(batch.stream().map(Note::namespace).toArray(String[]::new))
          .addArrayOfString(batch.stream().map(note -> note.jobs.stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}")))
              .toArray(String[]::new))
          .addArrayOfInteger(batch.stream().map(Note::rows).toArray(Integer[]::new)));
      batch.clear();
    }
  }
}
