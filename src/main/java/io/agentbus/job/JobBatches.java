package io.agentbus.job;

import io.agentbus.bus.ReadyHint;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Batcher;
import io.agentbus.db.HotConnection;
import io.agentbus.db.NamedQueries;
import io.agentbus.db.PgErrors;
import io.agentbus.job.JobStore.Close;
import io.agentbus.job.JobStore.Closed;
import io.agentbus.job.JobStore.Completion;
import io.agentbus.job.JobStore.Enqueued;
import io.agentbus.job.JobStore.Mark;
import io.agentbus.job.JobStore.Marked;
import io.agentbus.job.JobStore.Renewal;
import io.agentbus.job.JobStore.Renewed;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The verbs that come in numbers, each gathered into batches on a connection of its own. */
public final class JobBatches {
  private static final Logger LOG = LoggerFactory.getLogger(JobBatches.class);
  private static final int MAX_BATCH = 1_000;
  private static final int MAX_WAITING = 20_000;
  private static final int CHILDREN_AT_ONCE = 1_000;

  final Batcher<NewJob, Enqueued> enqueue;
  final Batcher<Completion, @Nullable Row> complete;
  final Batcher<Close, @Nullable Closed> close;
  final Batcher<Mark, @Nullable Marked> mark;
  final Batcher<Renewal, @Nullable Renewed> renew;
  private final WakeUps wakeUps;
  private final JobChanges changes;
  private final List<HotConnection> connections;

  /** @param url says where the database is now */
  public JobBatches(Vertx vertx, Supplier<String> url, NamedQueries queries, WakeUps wakeUps, JobChanges changes, RetryPolicy policy) {
    this.wakeUps = wakeUps;
    this.changes = changes;
    var loop = vertx.getOrCreateContext();
    var enqueues = new HotConnection(vertx, "enqueue", url, queries);
    var finishes = new HotConnection(vertx, "finish", url, queries);
    var renewals = new HotConnection(vertx, "renew", url, queries);
    connections = List.of(enqueues, finishes, renewals);
    enqueue = new Batcher<>(loop, "enqueue_job", MAX_BATCH, MAX_WAITING, 1, jobs -> enqueues.run("job.enqueue", JobStore.enqueue(jobs))
        .map(rows -> {
          var answers = JobStore.enqueued(jobs, rows);
          sayEnqueued(jobs, answers);
          return answers;
        }));
    complete = new Batcher<>(loop, "complete_job", MAX_BATCH, MAX_WAITING, 2, wishes -> {
      var finished = finishes.run("job.complete", JobStore.complete(wishes));
      // Sent behind it without waiting: the connection runs one after the other, so that it sees the finishes.
      var settled = settleAfter(finishes, wishes.stream().map(Completion::id).toList());
      return finished.compose(rows -> settled.map(ignored -> {
        wakeUps.news();
        return JobStore.byNumber(wishes.size(), rows, row -> row);
      }));
    });
    close = new Batcher<>(loop, "fail_job", MAX_BATCH, MAX_WAITING, 1, wishes -> finishes.run("job.close", JobStore.close(wishes, policy))
        .compose(rows -> {
          var answers = JobStore.byNumber(wishes.size(), rows, JobStore::closed);
          sayClosed(answers);
          return settleAfter(finishes, wishes.stream().map(Close::id).toList()).map(ignored -> answers);
        }));
    mark = new Batcher<>(loop, "mark_running_job", MAX_BATCH, MAX_WAITING, 1, Mark::id, wishes -> renewals.run("job.mark_running", JobStore.mark(wishes))
        .map(rows -> {
          wakeUps.news();
          return JobStore.byNumber(wishes.size(), rows, JobStore::marked);
        }));
    renew = new Batcher<>(loop, "renew_job_lease", MAX_BATCH, MAX_WAITING, 1, Renewal::id, wishes -> renewals.run("job.renew", JobStore.renew(wishes))
        .map(rows -> JobStore.byNumber(wishes.size(), rows, JobStore::renewed)));
  }

  /** Says, after the commit, which queues got jobs. */
  void sayEnqueued(List<NewJob> jobs, List<Enqueued> answers) {
    var hints = new HashMap<Integer, ReadyHint>();
    for (var i = 0; i < jobs.size(); i++) {
      var job = jobs.get(i);
      var answer = answers.get(i);
      if (!answer.duplicate() && !job.waits() && (job.runAfter() == null || !job.runAfter().isAfter(answer.at()))) {
        hints.merge(job.queue().id(), new ReadyHint(job.queue().id(), 1000 - job.priority(), job.runAfter(), 1), JobBatches::merged);
      }
    }
    hints.values().forEach(wakeUps::ready);
    wakeUps.news();
  }

  /** Says, after the commit, which queues got jobs back. */
  void sayClosed(Collection<? extends @Nullable Closed> closed) {
    for (var one : closed) {
      if (one != null && one.status() == JobStatus.QUEUED && one.due()) {
        wakeUps.ready(new ReadyHint(one.queueId(), 0, null, 1));
      }
    }
    wakeUps.news();
  }

  /** Closes the connections once what is in flight has been answered. */
  public Future<?> stop() {
    return Future.join(connections.stream().map(HotConnection::close).toList());
  }

  /** Decides the jobs that waited for these, in commits of their own after theirs. */
  private Future<Void> settleAfter(HotConnection connection, List<UUID> ended) {
    return connection.run("job.children_waiting", Tuple.tuple().addArrayOfUUID(ended.toArray(UUID[]::new)).addInteger(CHILDREN_AT_ONCE))
        .compose(rows -> {
          if (rows.size() == 0) {
            return Future.succeededFuture();
          }
          var children = rows.stream().map(row -> row.getUUID("job_id")).toArray(UUID[]::new);
          return connection.run("job.settle", Tuple.tuple().addArrayOfUUID(children)).compose(settled -> {
            // Telling looks up names, which may wait.
            Thread.startVirtualThread(() -> settled.forEach(row -> changes.byItself("settle_dependencies", row.getInteger("queue_id"),
                row.getUUID("id"), JobStatus.WAITING, JobStatus.ofWire(row.getString("status")))));
            for (var row : settled) {
              if (row.getString("status").equals("queued")) {
                wakeUps.ready(new ReadyHint(row.getInteger("queue_id"), 0, null, 1));
              }
            }
            wakeUps.news();
            // More than one batch of children: those decided just now are no longer waiting.
            return settled.size() > 0 && children.length == CHILDREN_AT_ONCE ? settleAfter(connection, ended) : Future.succeededFuture();
          });
        })
        .recover(failure -> {
          // The jobs are finished and their callers hear so; children that could not be decided now are found by the sweeper.
          LOG.atWarn().addKeyValue("cause", PgErrors.words(failure)).log("dependants of finished jobs were not decided; the sweeper will");
          return Future.succeededFuture();
        });
  }

  private static ReadyHint merged(ReadyHint a, ReadyHint b) {
    var runAfter = a.runAfter() == null || b.runAfter() == null ? null : a.runAfter().isBefore(b.runAfter()) ? a.runAfter() : b.runAfter();
    return new ReadyHint(a.queueId(), Math.min(a.rank(), b.rank()), runAfter, a.count() + b.count());
  }
}
