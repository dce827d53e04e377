package io.agentbus.door.cli;

import io.agentbus.client.CallFailed;
import io.agentbus.problem.ProblemException;
import io.agentbus.work.WorkLog;
import io.agentbus.work.Worker;
import io.agentbus.work.WorkerSettings;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** {@code agentbus work}: runs a command once for each job of an agent. */
public final class WorkCommand implements NodeCommand {
  private static final int MAX_SECONDS = 86_400;
  private static final int MAX_CONCURRENCY = 100;
  private static final List<Flag> FLAGS = List.of(
      Flag.one("agent", "NAME", "Works as this agent, which is registered when absent. Required.").must(),
      Flag.one("namespace", "NAMESPACE", "Namespace of the agent. Default: that of the token."),
      Flag.one("concurrency", "NUMBER", "Commands at once. Default: 1."),
      Flag.one("lease-seconds", "NUMBER", "Length of a lease; renewed while the command runs. Default: 600."),
      Flag.one("timeout-seconds", "NUMBER",
          "Stops a command after this time, and has the job tried again. Default: the job's own limit."),
      Flag.toggle("once", "Ends after one job. The same as --max-jobs 1."),
      Flag.one("max-jobs", "NUMBER", "Ends after this many jobs."),
      Flag.many("capability", "TEXT", "What the agent can do, when it is registered. Repeatable."),
      Flag.many("tag", "TEXT", "A tag of the agent, when it is registered. Repeatable."),
      Flag.one("drain-seconds", "NUMBER", "On SIGTERM, how long running commands may go on. Default: 30."));
  private static final List<String> NOTES = List.of("", """
      COMMAND gets the job as JSON on stdin and AGENTBUS_JOB_ID, AGENTBUS_FENCE, AGENTBUS_ATTEMPT, \
      AGENTBUS_NAMESPACE, AGENTBUS_URL and AGENTBUS_TOKEN (the agent's). Exit 0 completes the job with stdout as its \
      result, 75 gives it back uncounted for 15 s, 65 fails it for good, anything else has it tried again. The whole \
      process group is stopped when the job is cancelled, its lease is lost or its time is over.""");
  private final Clock clock;

  public WorkCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "work";
  }

  @Override
  public String summary() {
    return "Runs a command once for each job of an agent.";
  }

  @Override
  public int run(List<String> args, Terminal terminal) throws CallFailed, IOException, InterruptedException {
    var end = args.indexOf("--");
    var flags = new FlagSet("work --agent NAME [FLAGS] -- COMMAND ...", summary(), FLAGS, NOTES);
    var values = flags.parse(end < 0 ? args : args.subList(0, end));
    if (values.help()) {
      terminal.out().print(flags.help(terminal.columns().getAsInt()));
      return 0;
    }
    if (end < 0 || end == args.size() - 1) {
      throw ProblemException.invalid("",
          "Say what to run for each job, behind two dashes: agentbus work --agent NAME -- COMMAND ...");
    }
    var access = values.access(terminal.environment());
    var timeout = values.whole("timeout-seconds", 0, 1, MAX_SECONDS);
    var settings = new WorkerSettings(Objects.requireNonNull(values.text("agent")), values.text("namespace"),
        values.whole("concurrency", 1, 1, MAX_CONCURRENCY), values.whole("lease-seconds", 600, 1, MAX_SECONDS),
        timeout == 0 ? null : Duration.ofSeconds(timeout),
        values.has("once") ? 1 : values.whole("max-jobs", 0, 1, Integer.MAX_VALUE),
        words(values, "capability"), words(values, "tag"),
        Duration.ofSeconds(values.whole("drain-seconds", 30, 0, MAX_SECONDS)), access.home(),
        args.subList(end + 1, args.size()));
    // A worker reads no input: held open, a pipe would keep whoever writes to it.
    terminal.in().close();
    var worker = Worker.enrol(access, settings, new WorkLog(terminal.err(), values.json(), clock));
    var stopper = Thread.ofPlatform().name("stop").unstarted(() -> {
      try {
        worker.stop();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    Runtime.getRuntime().addShutdownHook(stopper);
    worker.run();
    return 0;
  }

  private static List<String> words(FlagValues values, String flag) {
    return values.all(flag).stream().flatMap(text -> Stream.of(text.split(","))).map(String::strip)
        .filter(text -> !text.isEmpty()).toList();
  }
}
