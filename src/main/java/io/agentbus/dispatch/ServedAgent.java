package io.agentbus.dispatch;

import io.agentbus.agent.AgentRef;
import io.agentbus.bus.Messages.Asked;
import io.agentbus.job.Job;
import io.agentbus.op.CallScope;
import io.agentbus.problem.ProblemException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agent to whom jobs are brought: a thread claims for it, and each claimed job waits for its reply on a thread of its own, so that one
 * that is slow to reply holds up no other. After a failure the agent is left alone for a while, and then tried with one job.
 */
final class ServedAgent {
  private static final Logger LOG = LoggerFactory.getLogger(ServedAgent.class);
  /** How long one claim waits for work. */
  private static final Duration CLAIM = Duration.ofSeconds(30);
  /** How long to wait where the database does not answer. */
  private static final Duration OUTAGE = Duration.ofSeconds(1);
  /** How often what became of a job is tried to be written before its lease has to end by itself. */
  private static final int TRIES = 10;
  private static final String NOT_GIVEN_BACK = "a job that was not handed over could not be given back; its lease ends by itself";

  private final AgentRef agent;
  private final HandOvers handOvers;
  private final Patience patience;
  private final Semaphore free;
  /** Of the claim that waits now; a failure ends it, because the agent is to be left alone. */
  private volatile CallScope claiming = new CallScope();
  private volatile boolean ended;
  /** Jobs that were claimed and not yet admitted. */
  private final Map<UUID, Job> open = new ConcurrentHashMap<>();
  private final Semaphore bell = new Semaphore(0);
  private final Thread thread;

  ServedAgent(AgentRef agent, HandOvers handOvers) {
    this.agent = agent;
    this.handOvers = handOvers;
    this.patience = new Patience(handOvers.config().backOff());
    this.free = new Semaphore(handOvers.config().atOnce());
    this.thread = Thread.ofVirtual().name("dispatch-" + agent.namespace() + "/" + agent.name()).unstarted(this::run);
  }

  ServedAgent start() {
    thread.start();
    return this;
  }

  /** Claims no more; what was claimed is still waited for. Any thread, no wait. */
  void end() {
    ended = true;
    claiming.end();
    bell.release();
  }

  /** Waits until nothing is open, then gives back what is. Call after {@link #end}, from a virtual thread. */
  void handBack(long deadlineNanos) throws InterruptedException {
    // Places are given back when all is written, so that this waits for the thread that claims too.
    if (free.tryAcquire(handOvers.config().atOnce(), Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS)) {
      return;
    }
    for (var job : open.values()) {
      if (open.remove(job.id()) != null) {
        write(() -> handOvers.handBack(job), job, NOT_GIVEN_BACK);
      }
    }
  }

  private void run() {
    while (!ended) {
      try {
        claiming = new CallScope();
        var left = patience.left();
        if (left.isPositive()) {
          pause(left);
        } else if (!ended) {
          claim(claiming);
        }
      } catch (ProblemException unavailable) {
        LOG.atDebug().setCause(unavailable).addKeyValue("agent", agent.name()).log("nothing could be claimed for an agent");
        pause(OUTAGE);
      } catch (RuntimeException defect) {
        LOG.atError().setCause(defect).addKeyValue("agent", agent.name()).log("a claim for an agent failed");
        pause(OUTAGE);
      }
    }
  }

  /** Claims as many jobs as may be under way, or one to try with. */
  private void claim(CallScope scope) {
    // What is tried after a failure is tried alone: all places, for one job.
    var alone = patience.failing();
    var least = alone ? handOvers.config().atOnce() : 1;
    if (!acquire(least)) {
      return;
    }
    var places = alone ? least : 1 + free.drainPermits();
    var used = 0;
    try {
      if (alone != patience.failing() || patience.left().isPositive()) {
        // The places became free by something that changes what is to be done.
        return;
      }
      for (var job : scope.call(() -> handOvers.take(agent, alone ? 1 : places, CLAIM))) {
        used++;
        open.put(job.id(), job);
        Thread.ofVirtual().name("hand-over").start(() -> handOver(job));
      }
    } finally {
      free.release(places - used);
    }
  }

  private boolean acquire(int places) {
    try {
      return free.tryAcquire(places, OUTAGE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void handOver(Job job) {
    try {
      var answer = handOvers.bring(agent, job);
      if (answer instanceof Asked.Replied) {
        patience.admitted();
        open.remove(job.id());
        write(() -> handOvers.admitted(job), job, "that a job was admitted could not be written");
        return;
      }
      var pause = patience.failed();
      claiming.end();
      // Where the node stopped meanwhile, the job was given back before the agent spoke.
      if (open.remove(job.id()) != null) {
        write(() -> handOvers.takeBack(agent, job, answer, pause), job, NOT_GIVEN_BACK);
      }
    } finally {
      open.remove(job.id());
      free.release();
    }
  }

  /** Writes what became of a job, and again while the database is away: a job that nobody has must not wait for the end of its lease. */
  private void write(Runnable write, Job job, String otherwise) {
    for (var tries = 1; ; tries++) {
      try {
        write.run();
        return;
      } catch (RuntimeException failure) {
        if (tries == TRIES) {
          LOG.atWarn().setCause(failure).addKeyValue("job", job.id()).addKeyValue("agent", agent.name())
              .log(otherwise);
          return;
        }
        pause(OUTAGE);
      }
    }
  }

  /** Waits for a while, or until this ends. */
  private void pause(Duration length) {
    try {
      bell.tryAcquire(Math.max(1, length.toMillis()), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
