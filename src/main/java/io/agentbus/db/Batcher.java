package io.agentbus.db;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns many single requests into few statements. Flushes at once when idle; while a flush is in flight it gathers, and flushes
 * what has gathered when the flush returns. Every caller is answered after the commit of its own batch. Lives on one event loop.
 *
 * @param <I> one request
 * @param <R> its answer
 */
public final class Batcher<I, R> {
  /** How often a batch may lose against another transaction, which a deadlock or serialization failure tells. */
  private static final int RACES = 5;

  private record Waiting<I, R>(I item, Promise<R> answer) {}

  private final Context loop;
  private final String name;
  private final int maxBatch;
  private final int maxWaiting;
  private final int maxLanes;
  private final Function<I, @Nullable Object> key;
  private final Function<List<I>, Future<List<R>>> flush;
  private final ArrayDeque<Waiting<I, R>> waiting = new ArrayDeque<>();
  private int inFlight;

  /**
   * @param loop the event loop that owns the queue
   * @param name for the refusal's words
   * @param maxBatch most requests a flush
   * @param maxWaiting most requests gathered; one more is refused with {@code limit_exceeded}
   * @param maxLanes most flushes under way; a second starts only when a full batch waits
   * @param flush writes a batch in one commit and answers in the same order; fails for all or for none
   */
  public Batcher(Context loop, String name, int maxBatch, int maxWaiting, int maxLanes,
      Function<List<I>, Future<List<R>>> flush) {
    this(loop, name, maxBatch, maxWaiting, maxLanes, ignored -> null, flush);
  }

  /**
   * The same, where a statement cannot do two things to one row.
   *
   * @param key no flush holds two requests with the same key, so that both are judged; null = any number
   */
  public Batcher(Context loop, String name, int maxBatch, int maxWaiting, int maxLanes, Function<I, @Nullable Object> key,
      Function<List<I>, Future<List<R>>> flush) {
    this.loop = loop;
    this.name = name;
    this.maxBatch = maxBatch;
    this.maxWaiting = maxWaiting;
    this.maxLanes = maxLanes;
    this.key = key;
    this.flush = flush;
  }

  /** Hands in one request from any thread; wait for the future on a virtual thread. */
  public Future<R> submit(I item) {
    return submitAll(List.of(item)).getFirst();
  }

  /** Hands in many requests at once from any thread, so that they may share a flush. Each is answered or refused alone. */
  public List<Future<R>> submitAll(List<I> items) {
    var entries = new ArrayList<Waiting<I, R>>(items.size());
    items.forEach(item -> entries.add(new Waiting<>(item, Promise.promise())));
    loop.runOnContext(ignored -> {
      entries.forEach(this::add);
      pump();
    });
    return entries.stream().map(entry -> entry.answer().future()).toList();
  }

  /** Hands in one request and waits for its answer. Virtual threads only. */
  public R call(I item) {
    return PgErrors.await(submit(item));
  }

  private void add(Waiting<I, R> entry) {
    if (waiting.size() >= maxWaiting) {
      entry.answer().fail(ProblemException.of(ProblemCode.LIMIT_EXCEEDED, maxWaiting + " calls of " + name + " wait already; slow down."));
    } else {
      waiting.add(entry);
    }
  }

  private void pump() {
    while (!waiting.isEmpty() && (inFlight == 0 || (inFlight < maxLanes && waiting.size() >= maxBatch))) {
      var batch = next();
      inFlight++;
      write(batch).onComplete(done -> loop.runOnContext(ignored -> {
        inFlight--;
        pump();
      }));
    }
  }

  /** The next batch: the longest waiting ones, but for those whose key is in it already. */
  private List<Waiting<I, R>> next() {
    var batch = new ArrayList<Waiting<I, R>>(Math.min(maxBatch, waiting.size()));
    var later = new ArrayList<Waiting<I, R>>();
    var keys = new HashSet<Object>();
    while (batch.size() < maxBatch && !waiting.isEmpty()) {
      var one = waiting.poll();
      var of = key.apply(one.item());
      (of == null || keys.add(of) ? batch : later).add(one);
    }
    later.reversed().forEach(waiting::addFirst);
    return batch;
  }

  private Future<Void> write(List<Waiting<I, R>> batch) {
    return write(batch, RACES);
  }

  /** Writes a batch. When a value in it is at fault, halves it until the one that is stands alone, so that others are not refused. A lost race is run again. */
  private Future<Void> write(List<Waiting<I, R>> batch, int races) {
    Future<List<R>> written;
    try {
      written = Objects.requireNonNull(flush.apply(batch.stream().map(Waiting::item).toList()), "the flush gave no future");
    } catch (RuntimeException failure) {
      written = Future.failedFuture(failure);
    }
    return written.transform(done -> {
      if (done.succeeded()) {
        answer(batch, done.result());
        return Future.succeededFuture();
      }
      if (batch.size() > 1 && PgErrors.isDataFault(done.cause())) {
        var half = batch.size() / 2;
        return write(batch.subList(0, half)).compose(ignored -> write(batch.subList(half, batch.size())));
      }
      if (races > 0 && PgErrors.isRetryable(done.cause())) {
        return write(batch, races - 1);
      }
      batch.forEach(entry -> entry.answer().fail(done.cause()));
      return Future.succeededFuture();
    });
  }

  /** Answers a batch that was written. Where the answers do not fit the requests, nobody can be told whose is whose: all hear of the defect. */
  private void answer(List<Waiting<I, R>> batch, @Nullable List<R> answers) {
    var given = answers == null ? 0 : answers.size();
    if (given != batch.size()) {
      var defect = new IllegalStateException("the flush of " + name + " gave " + given + " answers to " + batch.size() + " requests");
      batch.forEach(entry -> entry.answer().fail(defect));
      return;
    }
    for (var i = 0; i < given; i++) {
      batch.get(i).answer().complete(answers.get(i));
    }
  }
}
