package io.agentbus.dispatch;

import io.agentbus.bus.ReadyHint;
import io.agentbus.db.PgErrors;
import io.agentbus.dispatch.ClaimStore.Claimed;
import io.agentbus.job.Job;
import io.agentbus.job.Queue;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where claims meet: gathers those that come while a statement is in flight, those of one agent as one, and keeps the ones
 * that found nothing until work is announced or their time is up. Lives on one event loop.
 */
final class ClaimDesk {
  private static final int AGENTS_AT_ONCE = 64;
  private static final int JOBS_AT_ONCE = 1_000;
  /** From so many wanted jobs on, a second statement is sent while the first is under way: the server goes on while we read. */
  private static final int WORTH_A_SECOND = 500;
  /** More than one group. */
  private static final int SEVERAL = -1;
  private static final int MAX_KNOWN = 100_000;
  private static final int MAX_WAITING = 20_000;

  private final Vertx vertx;
  private final Context loop;
  private final ClaimStore store;
  private final LowWater lowWater = new LowWater();
  private final ArrayDeque<ClaimRequest> pending = new ArrayDeque<>();
  private final Set<ClaimRequest> parked = new LinkedHashSet<>();
  /** Parked requests by the lines they may take from. */
  private final Map<Integer, LinkedHashSet<ClaimRequest>> parkedByQueue = new HashMap<>();
  /** Lines that claims here have named; at most {@link #MAX_KNOWN}, then learnt anew. */
  private final Set<Integer> known = new HashSet<>();
  /** Which of the hints so far was the last for a line: a statement that was sent before it may not have seen the work. */
  private final Map<Integer, Long> lastHint = new HashMap<>();
  private long hints;
  /** Lines that nobody here knew until they were announced. */
  private volatile long newLines;
  private int inFlight;
  private boolean stopped;

  ClaimDesk(Vertx vertx, ClaimStore store) {
    this.vertx = vertx;
    this.loop = vertx.getOrCreateContext();
    this.store = store;
  }

  /** Hands in a claim from any thread; the answer may be empty only after its deadline. */
  Future<List<Job>> submit(ClaimRequest request) {
    loop.runOnContext(ignored -> {
      if (stopped) {
        request.answer.fail(ProblemException.of(ProblemCode.UNAVAILABLE, "The node is stopping; ask another or try again."));
      } else if (pending.size() + parked.size() >= MAX_WAITING) {
        request.answer.fail(ProblemException.of(ProblemCode.LIMIT_EXCEEDED, MAX_WAITING + " claims wait already; slow down."));
      } else {
        request.queues.forEach(queue -> known.add(queue.id()));
        pending.add(request);
        pump();
      }
    });
    return request.answer.future();
  }

  /** Tells one set of lines known here from another: take it before the lines of a request are looked up. Any thread. */
  long newLines() {
    return newLines;
  }

  /** Work was announced for a line. Any thread. */
  void ready(ReadyHint hint) {
    loop.runOnContext(ignored -> {
      lowWater.heard(hint);
      if (known.size() >= MAX_KNOWN) {
        known.clear();
        lastHint.clear();
      }
      if (inFlight > 0) {
        lastHint.put(hint.queueId(), ++hints);
      }
      if (known.add(hint.queueId())) {
        newLines++;
        // A line nobody here knew: those who wait may be meant, so they look up their lines anew.
        List.copyOf(parked).forEach(this::answerNothing);
      } else {
        wake(hint.queueId(), hint.count());
        pump();
      }
    });
  }

  /** The caller has gone away: the request takes nothing any more. Any thread. */
  void leave(ClaimRequest request) {
    request.gone = true;
    loop.runOnContext(ignored -> {
      if (pending.remove(request) || parked.contains(request)) {
        answerNothing(request);
        handOn(request);
        pump();
      }
    });
  }

  /** Answers all who wait and takes no more. */
  Future<Void> stop() {
    var done = Promise.<Void>promise();
    loop.runOnContext(ignored -> {
      stopped = true;
      var all = new ArrayList<>(parked);
      all.addAll(pending);
      pending.clear();
      all.forEach(this::answerNothing);
      store.close().onComplete(done);
    });
    return done.future();
  }

  private void answerNothing(ClaimRequest request) {
    unpark(request);
    request.answer.tryComplete(List.of());
  }

  private void pump() {
    if (inFlight == 0 || (inFlight == 1 && worthASecond())) {
      send();
    }
  }

  private boolean worthASecond() {
    var wanted = 0;
    for (var request : pending) {
      wanted += request.wanted;
      if (wanted >= WORTH_A_SECOND) {
        return true;
      }
    }
    return false;
  }

  /** Sends what has gathered: one group an agent, because the statement counts an agent's leases once. */
  private void send() {
    var groups = new LinkedHashMap<Integer, ClaimGroup>();
    var later = new ArrayList<ClaimRequest>();
    var jobs = 0;
    while (!pending.isEmpty() && groups.size() < AGENTS_AT_ONCE && jobs < JOBS_AT_ONCE) {
      var request = pending.poll();
      var group = groups.get(request.agentNo);
      if (request.gone) {
        request.answer.tryComplete(List.of());
        handOn(request);
      } else if (group == null) {
        groups.put(request.agentNo, new ClaimGroup(request, hints));
        jobs += request.wanted;
      } else if (group.takes(request)) {
        group.add(request);
        jobs += request.wanted;
      } else {
        later.add(request);
      }
    }
    later.reversed().forEach(pending::addFirst);
    if (!groups.isEmpty()) {
      inFlight++;
      claim(List.copyOf(groups.values()));
    }
  }

  private void claim(List<ClaimGroup> groups) {
    store.claim(groups, lowWater).onComplete(done -> loop.runOnContext(ignored -> {
      inFlight--;
      if (done.failed()) {
        var failure = PgErrors.translate(done.cause());
        groups.forEach(group -> group.members.forEach(request -> request.answer.tryFail(failure)));
      } else {
        settle(groups, done.result());
      }
      pump();
    }));
  }

  private void settle(List<ClaimGroup> groups, Claimed claimed) {
    var jobs = new ArrayList<List<Job>>(groups.size());
    groups.forEach(ignored -> jobs.add(new ArrayList<>()));
    var last = new HashMap<Integer, LowWater.Mark>();
    var takers = new HashMap<Integer, Integer>();
    for (var one : claimed.handed()) {
      jobs.get(one.group()).add(one.job());
      last.put(one.queueId(), one.place());
      takers.merge(one.queueId(), one.group(), (a, b) -> a.equals(b) ? a : SEVERAL);
    }
    var passedBy = new ArrayList<ClaimRequest>();
    for (var i = 0; i < groups.size(); i++) {
      var left = groups.get(i).deal(jobs.get(i));
      groups.get(i).served(left).forEach(ClaimDesk::followed);
      if (jobs.get(i).size() == groups.get(i).wanted()) {
        last.forEach(lowWater::claimed);
      } else if (claimed.isFull(i, jobs.get(i).size())) {
        left.stream().filter(this::waitsForRoom).forEach(passedBy::add);
      } else {
        var self = i;
        var queues = groups.get(i).common().queues;
        var asked = groups.get(i).hintsThen;
        rescanOrPark(queues, left, queues.stream().anyMatch(queue -> takers.getOrDefault(queue.id(), self) != self
            || lastHint.getOrDefault(queue.id(), 0L) > asked));
      }
    }
    // Last: those that looked in vain in this statement wait again by now, and may be the ones to wake.
    passedBy.forEach(this::handOn);
  }

  /** The agent can take nothing, whatever stands in its lines. False when that has to be looked at once more. */
  private boolean waitsForRoom(ClaimRequest request) {
    if (!request.limited) {
      // It may have become limited since it was looked up: then the statement wants it locked before it counts.
      request.limited = true;
      pending.addLast(request);
      return false;
    }
    answerOrPark(request);
    return true;
  }

  private void answerOrPark(ClaimRequest request) {
    if (request.overdue() || request.gone) {
      request.answer.tryComplete(List.of());
    } else {
      park(request);
    }
  }

  /**
   * Fewer than wanted: something may stand below a mark, so the lines are read from their start once before that is believed. Nor is it
   * while others took from these lines in the same statement: its groups look at the same rows, of which one gets each. Nor when work was
   * announced there while the statement was under way, which may not have seen it, and woke nobody of these.
   *
   * @param left those who got nothing
   * @param others whether it is not to be believed for the second or third reason
   */
  private void rescanOrPark(List<Queue> queues, List<ClaimRequest> left, boolean others) {
    var marked = queues.stream().anyMatch(queue -> lowWater.of(queue.id()) != LowWater.START);
    queues.forEach(queue -> lowWater.forget(queue.id()));
    if (marked) {
      left.reversed().forEach(pending::addFirst);
      return;
    }
    for (var request : left) {
      if (others) {
        // Behind those who have not been asked for yet.
        pending.addLast(request);
      } else {
        followed(request);
        answerOrPark(request);
      }
    }
  }

  private void park(ClaimRequest request) {
    if (request.linesThen != newLines) {
      // A line was announced since it looked up its own, and may be one of them.
      request.answer.tryComplete(List.of());
      return;
    }
    parked.add(request);
    request.queues.forEach(queue -> parkedByQueue.computeIfAbsent(queue.id(), ignored -> new LinkedHashSet<>()).add(request));
    var left = Math.max(1, (request.deadlineNanos - System.nanoTime()) / 1_000_000 + 1);
    vertx.setTimer(left, ignored -> loop.runOnContext(again -> {
      if (unpark(request)) {
        // Out of time: one more look, so that "nothing" is true when it is said.
        pending.add(request);
        pump();
      }
    }));
  }

  private boolean unpark(ClaimRequest request) {
    if (!parked.remove(request)) {
      return false;
    }
    for (var queue : request.queues) {
      var waiting = parkedByQueue.get(queue.id());
      if (waiting != null) {
        waiting.remove(request);
        if (waiting.isEmpty()) {
          parkedByQueue.remove(queue.id());
        }
      }
    }
    return true;
  }

  /** Wakes as many as there are jobs, those that have waited longest first. */
  private void wake(int queueId, int count) {
    var waiting = parkedByQueue.get(queueId);
    if (waiting == null) {
      return;
    }
    for (var request : waiting.stream().limit(count).toList()) {
      wake(request, new Hint(queueId));
    }
  }

  private void wake(ClaimRequest request, Hint hint) {
    hint.wakes(request.agentNo);
    request.hint = hint;
    unpark(request);
    pending.add(request);
  }

  /** The request has looked into the line that it was woken for. */
  private static void followed(ClaimRequest request) {
    if (request.hint != null) {
      request.hint.followed();
      request.hint = null;
    }
  }

  /** The request takes nothing, for a reason of its own: what it was woken for is announced to others that wait for it. */
  private void handOn(ClaimRequest request) {
    var hint = request.hint;
    request.hint = null;
    var waiting = hint != null && hint.passedOn() ? parkedByQueue.get(hint.queueId) : null;
    if (waiting != null) {
      waiting.stream().filter(other -> !hint.passed(other.agentNo)).limit(hint.next()).toList().forEach(other -> wake(other, hint));
    }
  }
}
