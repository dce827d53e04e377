package io.agentbus.work;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.client.CallFailed;
import io.agentbus.client.NodeAccess;
import io.agentbus.client.NodeClient;
import io.agentbus.client.PendingCall;
import io.agentbus.client.Refused;
import io.agentbus.client.Trees;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Claims jobs of one agent by long poll and runs each; as many at once as it has slots. */
public final class Worker {
  /** How long a claim may wait at the node. */
  private static final int WAIT_SECONDS = 20;
  /** For stopped commands to end and their jobs to be given back, after the time to drain is over. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(15);
  /** Refusals that no waiting cures. */
  private static final List<ProblemCode> FATAL =
      List.of(ProblemCode.UNAUTHENTICATED, ProblemCode.FORBIDDEN, ProblemCode.INVALID_INPUT, ProblemCode.NOT_FOUND);
  private final NodeJobs jobs;
  private final WorkerSettings settings;
  private final Map<String, String> environment;
  private final WorkLog log;
  private final Semaphore slots;
  private final Set<JobRun> runs = ConcurrentHashMap.newKeySet();
  private final Stop stop = new Stop();
  private final Stop giveUp = new Stop();
  private final Stop finished = new Stop();
  /** Bytes of a result that the node takes. */
  private final int resultBytes;
  private volatile @Nullable PendingCall pending;

  private Worker(NodeAccess access, String token, WorkerSettings settings, WorkLog log) throws CallFailed {
    this.jobs = new NodeJobs(new NodeClient(access.url(), token));
    this.resultBytes = jobs.resultBytes();
    this.settings = settings;
    this.log = log;
    this.slots = new Semaphore(settings.concurrency());
    // A command that calls the launcher must not start a build, and acts as the agent whatever this process may do.
    this.environment = Map.of("AGENTBUS_URL", access.url().toString(), "AGENTBUS_TOKEN", token, "AGENTBUS_NO_BUILD",
        "1");
  }

  /**
   * A worker that can act as its agent; registers the agent when it is absent.
   *
   * @throws ProblemException {@code invalid_input}: the command does not exist; {@code forbidden}, {@code
   *     unauthenticated}: no way to act as the agent
   */
  public static Worker enrol(NodeAccess access, WorkerSettings settings, WorkLog log) throws CallFailed, IOException {
    var program = settings.command().getFirst();
    if (ProcessGroup.find(program).isEmpty()) {
      throw ProblemException.invalid("", "There is no program '" + program + "' to run.");
    }
    var agent = new Enrolment(access, settings, log).enrol();
    if (!ProcessGroup.isExact()) {
      log.say("worker.no_groups", "detail",
          "Neither setsid nor perl is here: processes that leave their parent cannot be stopped.");
    }
    log.say("worker.started", "agent", settings.agent(), "namespace", agent.namespace(), "node", access.url(),
        "concurrency",
        settings.concurrency(), "pid", ProcessHandle.current().pid());
    return new Worker(access, agent.token(), settings, log);
  }

  /**
   * Works until it is stopped or has done as many jobs as it was asked to, then waits for the commands that run.
   *
   * @throws Refused when the node will never let this agent claim
   */
  public void run() throws InterruptedException, Refused {
    try {
      claimAll();
    } finally {
      slots.acquire(settings.concurrency());
      log.say("worker.stopped", "agent", settings.agent());
      finished.raise();
    }
  }

  /**
   * Stops: claims no more, lets commands run on for the time to drain, then stops them and gives their jobs back.
   * Blocks until all is done. Any thread.
   */
  public void stop() throws InterruptedException {
    stop.raise();
    abortClaim();
    if (finished.isRaised()) {
      return;
    }
    log.say("worker.draining", "jobs", runs.size(), "drain_seconds", settings.drain().toSeconds());
    if (!finished.await(settings.drain())) {
      runs.forEach(JobRun::drain);
      if (!finished.await(LAST_WORDS)) {
        giveUp.raise();
        finished.await(LAST_WORDS);
      }
    }
  }

  private void claimAll() throws InterruptedException, Refused {
    var started = 0;
    var backoff = new Backoff();
    var isCutOff = false;
    var claimId = UUID.randomUUID();
    var isClaimOpen = false;
    while (!stop.isRaised() && (settings.maxJobs() == 0 || started < settings.maxJobs())) {
      var free = takeSlots(settings.maxJobs() == 0 ? settings.concurrency() : settings.maxJobs() - started);
      var used = 0;
      try {
        isClaimOpen = true;
        var claimed = claim(claimId, free);
        isClaimOpen = false;
        claimId = UUID.randomUUID();
        backoff.reset();
        if (isCutOff) {
          log.say("worker.back", "node", "answers again");
          isCutOff = false;
        }
        for (var job : claimed.path("jobs")) {
          start(Held.of(job));
          used++;
        }
        started += used;
      } catch (Refused e) {
        isClaimOpen = false;
        if (FATAL.stream().anyMatch(e::is)) {
          throw e;
        }
        isCutOff = delayed(isCutOff, e);
      } catch (CallFailed e) {
        // Whether it was carried out is not known: the next claim bears the same id and gets the same leases.
        isCutOff = delayed(isCutOff, e);
      } finally {
        slots.release(free - used);
      }
      if (isCutOff) {
        stop.await(backoff.pause());
      }
    }
    if (isClaimOpen) {
      giveBack(claimId);
    }
  }

  private boolean delayed(boolean isCutOff, CallFailed e) {
    if (!isCutOff && !stop.isRaised()) {
      log.say("worker.claim_delayed", "detail", e.getMessage());
    }
    return true;
  }

  /** At least one free slot, at most {@code most}. */
  private int takeSlots(int most) throws InterruptedException {
    slots.acquire();
    var free = 1 + slots.drainPermits();
    if (free > most) {
      slots.release(free - most);
    }
    return Math.min(free, most);
  }

  private JsonNode claim(UUID claimId, int limit) throws CallFailed {
    var call = jobs.claim(claimId, limit, settings.leaseSeconds(), WAIT_SECONDS);
    pending = call;
    if (stop.isRaised()) {
      call.abort();
    }
    try {
      return call.answer();
    } finally {
      pending = null;
    }
  }

  private void abortClaim() {
    var call = pending;
    if (call != null) {
      call.abort();
    }
  }

  private void start(Held job) {
    var run = new JobRun(job, jobs, settings, environment, log, giveUp, resultBytes);
    runs.add(run);
    Thread.ofVirtual().name("job-" + job.id()).start(() -> {
      try {
        run.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        runs.remove(run);
        slots.release();
      }
    });
  }

  /** A claim given up by this worker may have been carried out: its leases are looked up and given back. */
  private void giveBack(UUID claimId) throws InterruptedException {
    try {
      for (var job : jobs.claim(claimId, 1, settings.leaseSeconds(), 0).answer().path("jobs")) {
        jobs.call("release_job", Held.of(job), Closing.release("The worker was stopped.", 0).input());
      }
    } catch (CallFailed e) {
      log.say("worker.claim_left", "detail", e.getMessage());
    }
  }
}
