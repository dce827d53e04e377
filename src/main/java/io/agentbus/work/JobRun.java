package io.agentbus.work;

import io.agentbus.client.CallFailed;
import io.agentbus.client.Refused;
import io.agentbus.client.Trees;
import io.agentbus.problem.ProblemCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One claimed job, from the claim to the answer of its finish. */
final class JobRun {
  private static final Duration GRACE = Duration.ofSeconds(5);
  /** How long an escaped process may hold the pipes open after the command and its group are gone. */
  private static final long PIPES_MILLIS = 2000;
  /** Refusals of a finish that mean: somebody else has ended this attempt. */
  private static final List<ProblemCode> ENDED =
      List.of(ProblemCode.LEASE_LOST, ProblemCode.INVALID_TRANSITION, ProblemCode.NOT_FOUND);
  private final Held job;
  private final NodeJobs jobs;
  private final WorkerSettings settings;
  private final Map<String, String> environment;
  private final WorkLog log;
  private final Stop giveUp;
  /** Bytes of a result that the node takes; less when it has said so meanwhile. */
  private int resultBytes;
  private final long claimed = System.nanoTime();
  private final CompletableFuture<Ending> ending = new CompletableFuture<>();
  private final Renewal renewal;

  /**
   * @param environment for the command, without what belongs to the job
   * @param giveUp ends the tries to tell the node of the end
   * @param resultBytes of a result that the node takes
   */
  JobRun(Held job, NodeJobs jobs, WorkerSettings settings, Map<String, String> environment, WorkLog log, Stop giveUp, int resultBytes) {
    this.job = job;
    this.jobs = jobs;
    this.settings = settings;
    this.environment = environment;
    this.log = log;
    this.giveUp = giveUp;
    this.resultBytes = resultBytes;
    this.renewal = new Renewal(job, jobs, log, settings.leaseSeconds(), ending);
  }

  /** Stops the command and gives the job back. Any thread. */
  void drain() {
    ending.complete(new Ending.Drained());
  }

  /** Runs the command and tells the node how it ended; returns when both is done. */
  void run() throws InterruptedException {
    say("job.claimed", "attempt", job.attempt(), "subject", job.job().path("subject").asText());
    renewal.start();
    try {
      jobs.insist("mark_running_job", job, Trees.MAPPER.createObjectNode(), giveUp, log);
      if (ending.isDone()) {
        ended(ending.get(), null, null);
      } else {
        command();
      }
    } catch (Refused e) {
      say("job.lost", "code", e.code(), "detail", e.getMessage());
    } catch (CallFailed e) {
      say("job.left", "detail", "The node could not be told: " + e.getMessage());
    } catch (ExecutionException e) {
      throw new IllegalStateException("an ending never fails", e);
    } finally {
      renewal.stop();
    }
  }

  private void command() throws InterruptedException, ExecutionException {
    ProcessGroup group;
    try {
      group = ProcessGroup.start(settings.command(), environment());
    } catch (IOException e) {
      finish(Closing.fail("The command could not be started: " + e.getMessage(), true), null);
      return;
    }
    var process = group.leader();
    say("job.running", "pid", process.pid());
    var stdout = Captured.of("stdout-" + job.id(), process.getInputStream(), Captured.Keep.HEAD,
        resultBytes);
    var stderr = Captured.of("stderr-" + job.id(), process.getErrorStream(), Captured.Keep.TAIL,
        Closing.MAX_ERROR_BYTES);
    Thread.ofPlatform().daemon().name("stdin-" + job.id()).start(() -> feed(process));
    process.onExit().thenAccept(ended -> ending.complete(new Ending.Exited(ended.exitValue())));
    limitTime();
    var end = ending.get();
    try {
      if (group.isAlive()) {
        group.stop(GRACE);
      }
    } catch (IOException e) {
      say("job.stop_failed", "pid", process.pid(), "detail", e.getMessage());
    }
    stdout.awaitEnd(PIPES_MILLIS);
    stderr.awaitEnd(PIPES_MILLIS);
    ended(end, stdout, stderr);
  }

  private void limitTime() {
    if (job.timeout() != null) {
      var left = Math.max(0, job.timeout().toNanos() - (System.nanoTime() - claimed));
      ending.completeOnTimeout(new Ending.JobTimedOut(job.timeout().toSeconds()), left, TimeUnit.NANOSECONDS);
    }
    if (settings.timeout() != null) {
      ending.completeOnTimeout(new Ending.WorkerTimedOut(settings.timeout().toSeconds()), settings.timeout().toNanos(),
          TimeUnit.NANOSECONDS);
    }
  }

  private void feed(Process process) {
    try (var stdin = process.getOutputStream()) {
      stdin.write((job.job() + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // A command need not read its job, and may end before it has: the pipe is then broken, and that is no fault.
      say("job.stdin_unread", "detail", e.getMessage());
    }
  }

  private Map<String, String> environment() {
    var all = new HashMap<>(environment);
    all.put("AGENTBUS_JOB_ID", job.id());
    all.put("AGENTBUS_FENCE", Long.toString(job.fence()));
    all.put("AGENTBUS_ATTEMPT", Integer.toString(job.attempt()));
    all.put("AGENTBUS_NAMESPACE", job.job().path("namespace").asText());
    return all;
  }

  /** {@code stdout} and {@code stderr} are there when the command ran. */
  private void ended(Ending end, @Nullable Captured stdout, @Nullable Captured stderr)
      throws InterruptedException {
    switch (end) {
      case Ending.Exited(var code) when renewal.isClosedByCommand() ->
          say("job.closed_by_command", "exit_code", code, "ms", millis());
      case Ending.Exited(var code) -> finish(Closing.of(code, stdout, stderr, resultBytes), code);
      case Ending.Lost(var why) -> say("job.lost", "detail", why, "ms", millis());
      case Ending.CancelRequested() -> say("job.cancelled", "ms", millis());
      case Ending.JobTimedOut(var seconds) -> say("job.timed_out", "timeout_seconds", seconds, "ms", millis());
      case Ending.WorkerTimedOut(var seconds) ->
          finish(Closing.fail("The command ran longer than the " + seconds + " s that its worker allows.", true), null);
      case Ending.Drained() -> finish(Closing.release("The worker was stopped.", 0), null);
    }
  }

  private void finish(Closing closing, @Nullable Integer exitCode) throws InterruptedException {
    try {
      var answer = jobs.insist(closing.operation(), job, closing.input(), giveUp, log);
      say("job.finished", "verb", closing.operation(), "status", answer.path("status").asText(null), "exit_code",
          exitCode, "ms", millis());
    } catch (Refused e) {
      refused(closing, exitCode, e);
    } catch (CallFailed e) {
      say("job.finish_unsent", "verb", closing.operation(), "exit_code", exitCode, "detail", e.getMessage());
    }
  }

  private void refused(Closing closing, @Nullable Integer exitCode, Refused e) throws InterruptedException {
    if (ENDED.stream().anyMatch(e::is)) {
      say(jobs.isClosedUnder(job) ? "job.closed_by_command" : "job.lost", "exit_code", exitCode, "ms", millis());
    } else if (closing.output() != null && (e.is(ProblemCode.INVALID_INPUT) || e.is(ProblemCode.PAYLOAD_TOO_LARGE))) {
      var most = NodeJobs.resultBytes(e);
      var takesLess = most > 0 && most < resultBytes;
      resultBytes = takesLess ? most : resultBytes;
      finish(takesLess ? closing.within(most) : closing.withoutResult(e.getMessage()), exitCode);
    } else {
      say("job.finish_refused", "verb", closing.operation(), "exit_code", exitCode, "code", e.code(), "detail",
          e.getMessage());
    }
  }

  private long millis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - claimed);
  }

  private void say(String event, @Nullable Object... pairs) {
    var all = new Object[pairs.length + 4];
    all[0] = "job";
    all[1] = job.id();
    all[2] = "fence";
    all[3] = job.fence();
    System.arraycopy(pairs, 0, all, 4, pairs.length);
    log.say(event, all);
  }
}
