package io.agentbus.demo;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The processes of the demo: a node and its workers, each a program of its own. All are ended when the demo ends, however it ends. */
final class DemoProcesses implements AutoCloseable {
  private static final long STOP_SECONDS = 20;
  private static final int LINES_OF_A_LOG = 15;
  private static final String[] JAVA_FLAGS = {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx256m",
      "--enable-native-access=ALL-UNNAMED"};

  private final Path folder;
  private final List<Process> started = new ArrayList<>();

  /** @param folder where their logs go */
  DemoProcesses(Path folder) {
    this.folder = folder;
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("demo-stop").unstarted(this::close));
  }

  /** A node that runs, and where it serves. */
  record RunningNode(Process process, String url) {}

  /** Starts a node and waits until it serves. */
  RunningNode node(List<String> arguments) throws IOException {
    var builder = new ProcessBuilder(java("io.agentbus.AgentBus", arguments)).redirectError(folder.resolve("node.log").toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("AGENTBUS_") || name.equals("DATABASE_URL"));
    var process = start(builder);
    var reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    var line = reader.readLine();
    if (line == null) {
      throw ProblemException.of(ProblemCode.UNAVAILABLE, "The node of the demo did not start.");
    }
    return new RunningNode(process, line.substring(line.lastIndexOf(' ') + 1));
  }

  /** The ends of all logs, for a person who may not be able to look at the files. */
  List<String> logEnds() throws IOException {
    var lines = new ArrayList<String>();
    try (var files = Files.newDirectoryStream(folder, "*.log")) {
      for (var file : files) {
        var all = Files.readAllLines(file);
        lines.add("--- the end of " + file);
        lines.addAll(all.subList(Math.max(0, all.size() - LINES_OF_A_LOG), all.size()));
      }
    }
    return lines;
  }

  /** Starts a worker daemon of an agent that runs {@link DemoStep} for each job. */
  Process worker(String agent, String log, List<String> arguments, Map<String, String> environment) throws IOException {
    var command = new ArrayList<>(java("io.agentbus.AgentBus", List.of("work", "--agent", agent)));
    command.addAll(arguments);
    command.add("--");
    command.addAll(java("io.agentbus.demo.DemoStep", List.of(agent)));
    var file = folder.resolve(log).toFile();
    var builder = new ProcessBuilder(command).redirectOutput(file).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("AGENTBUS_") || name.equals("DATABASE_URL"));
    builder.environment().putAll(environment);
    return start(builder);
  }

  /** Ends a worker and everything it started at once, as a crash of its machine would. */
  static void crash(Process worker) {
    var family = worker.descendants().toList();
    worker.destroyForcibly();
    family.forEach(ProcessHandle::destroyForcibly);
  }

  /** Ends all: the last started first, so that workers give back what they hold before the node stops. */
  @Override
  public synchronized void close() {
    for (var process : started.reversed()) {
      process.destroy();
      try {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          crash(process);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        crash(process);
      }
    }
    started.clear();
  }

  private synchronized Process start(ProcessBuilder builder) throws IOException {
    var process = builder.start();
    process.getOutputStream().close();
    started.add(process);
    return process;
  }

  private static List<String> java(String mainClass, List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of(JAVA_FLAGS));
    command.add("-Dagentbus.parent=" + ProcessHandle.current().pid());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(arguments);
    return command;
  }
}
