package io.agentbus.job;

import io.agentbus.db.Sql;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The statements of {@code job.sql} that write batches: parameters in, rows out. Used on a batch connection or in a transaction. */
final class JobStore {
  private JobStore() {}

  /** What became of one enqueue. @param duplicateOf the active job; null with {@code duplicate} true: look it up again */
  record Enqueued(OffsetDateTime at, boolean duplicate, @Nullable UUID duplicateOf) {}

  /** A wish to end an attempt as succeeded. @param agentNo who must hold it, null = whoever does */
  record Completion(UUID id, long fence, @Nullable Integer agentNo, String actor, String result, @Nullable String summary,
      @Nullable String taskRef, @Nullable String sessionKey, boolean wantsJob) {}

  /** A wish to end an attempt otherwise; see {@code job.close}. */
  record Close(UUID id, long fence, @Nullable Integer agentNo, String actor, String verb, String attemptStatus, String wish, boolean counts,
      @Nullable Double delaySeconds, @Nullable String summary, @Nullable String error, @Nullable String result, @Nullable String blockedReason,
      @Nullable String needs, @Nullable String needsFrom, @Nullable Integer reviewSeconds, @Nullable String onReview, @Nullable String taskRef,
      @Nullable String sessionKey) {}

  /** What became of a close, and the attempt that it closed. */
  record Closed(UUID id, JobStatus status, int queueId, boolean due, long fence, int attempt, String owner, JobStatus before, Duration held) {}

  /** An attempt was marked as running. @param first false when it had been before */
  record Marked(boolean first, int attempt, int queueId) {}

  /** A wish to mark an attempt as running. */
  record Mark(UUID id, long fence, @Nullable Integer agentNo, String actor, @Nullable String summary, @Nullable String taskRef,
      @Nullable String sessionKey, @Nullable String meta) {}

  /** A lease as it is after a renewal. @param urgent whether its agent has urgent messages to read */
  record Renewed(OffsetDateTime until, boolean urgent) {}

  /** A wish to renew. */
  record Renewal(UUID id, long fence, @Nullable Integer agentNo, @Nullable Integer seconds) {}

  static Tuple enqueue(List<NewJob> jobs) {
    return Tuple.tuple()
        .addArrayOfUUID(uuids(jobs, NewJob::id))
        .addArrayOfInteger(ints(jobs, job -> job.queue().id()))
        .addArrayOfInteger(ints(jobs, job -> job.queue().targetId()))
        .addArrayOfInteger(ints(jobs, job -> job.queue().namespaceId()))
        .addArrayOfShort(shorts(jobs, NewJob::priority))
        .addArrayOfOffsetDateTime(column(jobs, NewJob::runAfter, OffsetDateTime[]::new))
        .addArrayOfShort(shorts(jobs, NewJob::maxAttempts))
        .addArrayOfInteger(ints(jobs, NewJob::timeoutSeconds))
        .addArrayOfInteger(ints(jobs, NewJob::expectedSeconds))
        .addArrayOfString(texts(jobs, NewJob::jobType))
        .addArrayOfString(texts(jobs, NewJob::subject))
        .addArrayOfString(texts(jobs, NewJob::source))
        .addArrayOfUUID(uuids(jobs, NewJob::parentJobId))
        .addArrayOfString(texts(jobs, NewJob::flowKey))
        .addArrayOfString(texts(jobs, NewJob::correlationKey))
        .addArrayOfString(texts(jobs, NewJob::dedupeKey))
        .addArrayOfString(texts(jobs, NewJob::payload))
        .addArrayOfString(texts(jobs, NewJob::state))
        .addArrayOfBoolean(column(jobs, NewJob::waits, Boolean[]::new))
        .addArrayOfString(texts(jobs, NewJob::actor));
  }

  static List<Enqueued> enqueued(List<NewJob> jobs, RowSet<Row> rows) {
    OffsetDateTime at = null;
    Map<UUID, @Nullable UUID> duplicates = new HashMap<>();
    for (var row : rows) {
      var id = row.getUUID("id");
      if (id == null) {
        at = JobRow.utc(row, "at");
      } else {
        duplicates.put(id, row.getUUID("duplicate_of"));
      }
    }
    var answers = new ArrayList<Enqueued>(jobs.size());
    for (var job : jobs) {
      answers.add(new Enqueued(at, duplicates.containsKey(job.id()), duplicates.get(job.id())));
    }
    return answers;
  }

  static Tuple complete(List<Completion> wishes) {
    return Tuple.tuple()
        .addArrayOfUUID(uuids(wishes, Completion::id))
        .addArrayOfLong(column(wishes, Completion::fence, Long[]::new))
        .addArrayOfInteger(ints(wishes, Completion::agentNo))
        .addArrayOfString(texts(wishes, Completion::actor))
        .addArrayOfString(texts(wishes, Completion::result))
        .addArrayOfString(texts(wishes, Completion::summary))
        .addArrayOfString(texts(wishes, Completion::taskRef))
        .addArrayOfString(texts(wishes, Completion::sessionKey))
        .addArrayOfBoolean(column(wishes, Completion::wantsJob, Boolean[]::new));
  }

  static Tuple close(List<Close> wishes, RetryPolicy policy) {
    return Tuple.tuple()
        .addArrayOfUUID(uuids(wishes, Close::id))
        .addArrayOfLong(column(wishes, Close::fence, Long[]::new))
        .addArrayOfInteger(ints(wishes, Close::agentNo))
        .addArrayOfString(texts(wishes, Close::actor))
        .addArrayOfString(texts(wishes, Close::verb))
        .addArrayOfString(texts(wishes, Close::attemptStatus))
        .addArrayOfString(texts(wishes, Close::wish))
        .addArrayOfBoolean(column(wishes, Close::counts, Boolean[]::new))
        .addArrayOfDouble(column(wishes, Close::delaySeconds, Double[]::new))
        .addArrayOfString(texts(wishes, Close::summary))
        .addArrayOfString(texts(wishes, Close::error))
        .addArrayOfString(texts(wishes, Close::result))
        .addArrayOfString(texts(wishes, Close::blockedReason))
        .addArrayOfString(texts(wishes, Close::needs))
        .addArrayOfString(texts(wishes, Close::needsFrom))
        .addArrayOfInteger(ints(wishes, Close::reviewSeconds))
        .addArrayOfString(texts(wishes, Close::onReview))
        .addArrayOfString(texts(wishes, Close::taskRef))
        .addArrayOfString(texts(wishes, Close::sessionKey))
        .addDouble(policy.baseSeconds())
        .addDouble(policy.capSeconds());
  }

  static Tuple mark(List<Mark> wishes) {
    return Tuple.tuple()
        .addArrayOfUUID(uuids(wishes, Mark::id))
        .addArrayOfLong(column(wishes, Mark::fence, Long[]::new))
        .addArrayOfInteger(ints(wishes, Mark::agentNo))
        .addArrayOfString(texts(wishes, Mark::actor))
        .addArrayOfString(texts(wishes, Mark::summary))
        .addArrayOfString(texts(wishes, Mark::taskRef))
        .addArrayOfString(texts(wishes, Mark::sessionKey))
        .addArrayOfString(texts(wishes, Mark::meta));
  }

  static Tuple renew(List<Renewal> wishes) {
    return Tuple.tuple()
        .addArrayOfUUID(uuids(wishes, Renewal::id))
        .addArrayOfLong(column(wishes, Renewal::fence, Long[]::new))
        .addArrayOfInteger(ints(wishes, Renewal::agentNo))
        .addArrayOfInteger(ints(wishes, Renewal::seconds));
  }

  /** The rows that carry {@code no}, the element's number from 1, put at its place; null where there is none. */
  static <R> List<@Nullable R> byNumber(int size, RowSet<Row> rows, Function<Row, R> read) {
    List<@Nullable R> answers = new ArrayList<>(java.util.Collections.nCopies(size, null));
    for (var row : rows) {
      answers.set(row.getLong("no").intValue() - 1, read.apply(row));
    }
    return answers;
  }

  static Closed closed(Row row) {
    return new Closed(row.getUUID("id"), JobStatus.ofWire(row.getString("status")), row.getInteger("queue_id"), row.getBoolean("due"),
        row.getLong("fence"), row.getInteger("attempt"), row.getString("owner"), JobStatus.ofWire(row.getString("before")),
        Duration.ofMillis(Math.round(row.getDouble("held_seconds") * 1_000)));
  }

  static Renewed renewed(Row row) {
    return new Renewed(java.util.Objects.requireNonNull(JobRow.utc(row, "leased_until")), row.getBoolean("urgent"));
  }

  static Marked marked(Row row) {
    return new Marked(row.getBoolean("first"), row.getInteger("attempt"), row.getInteger("queue_id"));
  }

  /** One row of the journal, in the transaction of the change it tells of. */
  static void journal(Sql sql, int namespaceId, @Nullable UUID job, String actor, String action, @Nullable JobStatus from, @Nullable JobStatus to,
      @Nullable Long fence, @Nullable Integer attempt, @Nullable String detail) {
    sql.run("job.journal", Tuple.tuple().addInteger(namespaceId).addUUID(job).addString(actor).addString(action)
        .addString(from == null ? null : from.wire()).addString(to == null ? null : to.wire()).addLong(fence)
        .addShort(attempt == null ? null : attempt.shortValue()).addString(detail));
  }

  private static <T> UUID[] uuids(List<T> items, Function<T, @Nullable UUID> get) {
    return column(items, get, UUID[]::new);
  }

  private static <T> Integer[] ints(List<T> items, Function<T, @Nullable Integer> get) {
    return column(items, get, Integer[]::new);
  }

  private static <T> Short[] shorts(List<T> items, Function<T, Integer> get) {
    return column(items, item -> get.apply(item).shortValue(), Short[]::new);
  }

  private static <T> String[] texts(List<T> items, Function<T, @Nullable String> get) {
    return column(items, get, String[]::new);
  }

  /** One value an item; empty when all are null, which unnest fills up with nulls: nothing to send and to take apart. */
  private static <T, C> C[] column(List<T> items, Function<T, @Nullable C> get, java.util.function.IntFunction<C[]> make) {
    var column = make.apply(items.size());
    var empty = true;
    for (var i = 0; i < column.length; i++) {
      column[i] = get.apply(items.get(i));
      empty &= column[i] == null;
    }
    return empty ? make.apply(0) : column;
  }
}
