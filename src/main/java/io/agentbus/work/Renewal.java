package io.agentbus.work;

import io.agentbus.client.CallFailed;
import io.agentbus.client.Refused;
import io.agentbus.client.Trees;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Keeps the lease of one job until it is told to stop, and hears what the node has to say about the job meanwhile. */
final class Renewal {
  /** A cancelled job is noticed within this time, however long its lease. */
  private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(5);
  /** How long a command may go on after it has closed its job itself. */
  private static final Duration SETTLE = Duration.ofSeconds(60);
  private final Held job;
  private final NodeJobs jobs;
  private final WorkLog log;
  private final Duration interval;
  private final CompletableFuture<Ending> ending;
  private final Stop done = new Stop();
  private volatile boolean closedByCommand;

  /** @param ending completed when the command has to be stopped */
  Renewal(Held job, NodeJobs jobs, WorkLog log, int leaseSeconds, CompletableFuture<Ending> ending) {
    this.job = job;
    this.jobs = jobs;
    this.log = log;
    this.ending = ending;
    var third = Duration.ofMillis(leaseSeconds * 1000L / 3);
    this.interval = third.compareTo(LONGEST_INTERVAL) < 0 ? third : LONGEST_INTERVAL;
  }

  /** Starts to renew, in a thread of its own. */
  void start() {
    Thread.ofVirtual().name("renew-" + job.id()).start(() -> {
      try {
        renew();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }

  void stop() {
    done.raise();
  }

  /** Whether the command was seen to have finished its own job. */
  boolean isClosedByCommand() {
    return closedByCommand;
  }

  private void renew() throws InterruptedException {
    var backoff = new Backoff();
    var pause = interval;
    var isCutOff = false;
    while (!done.await(pause)) {
      try {
        var answer = jobs.call("renew_job_lease", job, Trees.MAPPER.createObjectNode());
        if (answer.path("cancel_requested").asBoolean()) {
          ending.complete(new Ending.CancelRequested());
          return;
        }
        isCutOff = false;
        backoff.reset();
        pause = interval;
      } catch (CallFailed e) {
        if (e instanceof Refused refused && !refused.transientRefusal()) {
          refused(refused);
          return;
        }
        if (!isCutOff) {
          log.say("job.renewal_delayed", "job", job.id(), "fence", job.fence(), "detail", e.getMessage());
        }
        isCutOff = true;
        var sooner = backoff.pause();
        pause = sooner.compareTo(interval) < 0 ? sooner : interval;
      }
    }
  }

  private void refused(Refused refusal) {
    if (done.isRaised()) {
      return;
    }
    closedByCommand = jobs.isClosedUnder(job);
    if (closedByCommand) {
      ending.completeOnTimeout(new Ending.Lost("It has closed its job itself, and did not end."), SETTLE.toSeconds(),
          TimeUnit.SECONDS);
    } else {
      ending.complete(new Ending.Lost(refusal.getMessage()));
    }
  }
}
