package io.agentbus.bench;

import io.agentbus.op.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The nodes, the load and the command line calls of a run, each a process as people start it. All end when the run ends. */
final class BenchProcesses implements AutoCloseable {
  private static final long STOP_SECONDS = 30;
  private static final long CALL_SECONDS = 60;
  /** As the launcher sets them: the promises about memory and times are about these. */
  private static final List<String> COMMON_FLAGS = List.of("-XX:+UseSerialGC", "-Xshare:auto", "--enable-native-access=ALL-UNNAMED",
      "--sun-misc-unsafe-memory-access=allow");
  private static final List<String> NODE_FLAGS = List.of("-Xms48m", "-Xmx256m", "-XX:MaxDirectMemorySize=96m", "-XX:ReservedCodeCacheSize=96m");
  private static final List<String> CALL_FLAGS = List.of("-XX:TieredStopAtLevel=1", "-Xmx256m");

  private final Path folder;
  private final @Nullable String launcher = System.getProperty("agentbus.launcher");
  private final List<Process> started = new ArrayList<>();

  /** @param folder where their logs go */
  BenchProcesses(Path folder) {
    this.folder = folder;
  }

  /** How commands and nodes are started, for the notes. */
  String way() {
    return launcher == null ? "java -cp" : "the launcher script";
  }

  /** A node that runs. @param millis from the start of the process until it said that it serves */
  record RunningNode(Process process, String url, double millis) {}

  /** Starts a node on a free port and waits until it serves. @param name of its log */
  RunningNode node(String name, Path home, List<String> arguments) throws IOException {
    var given = new ArrayList<>(List.of("up", "--home", home.toString(), "--port", "0", "--bus-port", "0", "--name", name, "--log-level", "warn"));
    given.addAll(arguments);
    var log = folder.resolve(name + ".log");
    var began = System.nanoTime();
    var process = start(program(NODE_FLAGS, given), Map.of(), log);
    var reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    var line = reader.readLine();
    if (line == null) {
      throw new IOException("the node did not start; its log says: " + tail(log));
    }
    return new RunningNode(process, line.substring(line.lastIndexOf(' ') + 1), Figures.millis(System.nanoTime() - began));
  }

  /** Starts a {@link BareServer} and waits until it serves. */
  RunningNode bareServer() throws IOException {
    var log = folder.resolve("bare.log");
    var began = System.nanoTime();
    var process = start(java(NODE_FLAGS, "io.agentbus.bench.BareServer", List.of()), Map.of(), log);
    var line = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
    if (line == null) {
      throw new IOException("the bare server did not start; its log says: " + tail(log));
    }
    return new RunningNode(process, line, Figures.millis(System.nanoTime() - began));
  }

  /** Runs {@link HttpLoad} in a process of its own and answers its line. @param secrets goes into its environment */
  JsonNode load(List<String> arguments, Map<String, String> secrets) throws IOException {
    var log = folder.resolve("load.log");
    var process = start(java(List.of("-Xmx384m"), "io.agentbus.bench.HttpLoad", arguments), secrets, log);
    try (var reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      var line = reader.readLine();
      if (line == null) {
        throw new IOException("the load " + arguments + " did not end well: " + tail(log));
      }
      return Json.MAPPER.readTree(line);
    }
  }

  /** Milliseconds that one call of the command line takes. */
  double call(List<String> arguments, Map<String, String> environment) throws IOException, InterruptedException {
    var log = folder.resolve("call.log");
    var began = System.nanoTime();
    var process = start(program(CALL_FLAGS, arguments), environment, log);
    process.getInputStream().readAllBytes();
    if (!process.waitFor(CALL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("agentbus " + String.join(" ", arguments) + " failed: " + tail(log));
    }
    return Figures.millis(System.nanoTime() - began);
  }

  /** Ends a process: asks first, then forces. */
  static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }

  @Override
  public synchronized void close() {
    started.reversed().forEach(BenchProcesses::stop);
    started.clear();
  }

  private synchronized Process start(List<String> command, Map<String, String> environment, Path log) throws IOException {
    var builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("AGENTBUS_") && !name.equals("AGENTBUS_JAVA_HOME"));
    builder.environment().remove("DATABASE_URL");
    builder.environment().put("AGENTBUS_NO_BUILD", "1");
    builder.environment().putAll(environment);
    var process = builder.start();
    process.getOutputStream().close();
    started.removeIf(old -> !old.isAlive());
    started.add(process);
    return process;
  }

  private List<String> program(List<String> flags, List<String> arguments) {
    if (launcher == null) {
      return java(flags, "io.agentbus.AgentBus", arguments);
    }
    var command = new ArrayList<>(List.of(launcher));
    command.addAll(arguments);
    return command;
  }

  private static List<String> java(List<String> flags, String mainClass, List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(COMMON_FLAGS);
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(arguments);
    return command;
  }

  private static String tail(Path log) throws IOException {
    var text = java.nio.file.Files.readString(log);
    return text.substring(Math.max(0, text.length() - 2_000));
  }
}
