package io.agentbus.app;

import io.agentbus.config.NodeLogging;
import io.agentbus.door.cli.NodeCommand;
import io.agentbus.door.cli.Terminal;
import io.agentbus.http.out.SystemHostNames;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code agentbus up}: runs a node in the foreground until it is told to stop. */
final class UpCommand implements NodeCommand {
  private static final Logger LOG = LoggerFactory.getLogger(UpCommand.class);
  private static final long START_SECONDS = 60;

  @Override
  public String name() {
    return "up";
  }

  @Override
  public String summary() {
    return "Runs a node until it is told to stop.";
  }

  @Override
  public int run(List<String> args, Terminal terminal) throws InterruptedException {
    var flags = NodeFlags.flags(name(), summary(), List.of());
    var values = flags.parse(args);
    if (values.help()) {
      terminal.out().print(flags.help(terminal.columns().getAsInt()));
      return 0;
    }
    NodeThreads.start();
    SystemHostNames.rememberNoFailures();
    var config = NodeFlags.load(values, terminal).config();
    NodeLogging.start(config.logging());
    var starting = new FutureTask<>(() -> Node.start(config));
    var stopped = new CountDownLatch(1);
    // Before the start: whoever stops a node that is on its way up must not leave its Postgres behind.
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
      stop(starting);
      stopped.countDown();
    }));
    starting.run();
    var node = started(starting);
    terminal.out().println("agentbus node '" + config.node().name() + "', event bus on port " + node.busPort() + ", serves at " + node.baseUrl());
    terminal.out().flush();
    stopped.await();
    return 0;
  }

  private static Node started(FutureTask<Node> starting) throws InterruptedException {
    try {
      return starting.get();
    } catch (ExecutionException failure) {
      throw switch (failure.getCause()) {
        case ProblemException problem -> problem;
        // A file or folder that cannot be used: the message names it, and the operator can act on it.
        case UncheckedIOException files -> ProblemException.of(ProblemCode.UNAVAILABLE, files.getMessage());
        case RuntimeException defect -> defect;
        case null, default -> new IllegalStateException(failure);
      };
    }
  }

  private static void stop(FutureTask<Node> starting) {
    try {
      starting.get(START_SECONDS, TimeUnit.SECONDS).stop();
    } catch (InterruptedException | ExecutionException | TimeoutException failure) {
      // A start that failed has stopped its parts itself; one that hangs is left to the end of the process.
      LOG.debug("the node was not up when it was told to stop", failure);
    }
    NodeLogging.stop();
  }
}
