package io.agentbus.testkit;

import static org.awaitility.Awaitility.await;

import io.agentbus.AgentBus;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The agentbus program in a JVM of its own. It is killed with the test's process, however that ends. */
public final class JavaProgram implements AutoCloseable {
  /** How long anything may take on a slow machine before a test fails. */
  public static final Duration LONG = Duration.ofSeconds(60);
  private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto",
      "-Xmx256m", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Dvertx.disableFileCPResolving=true",
      // What the manifest of the jar says.
      "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED", "--add-opens=java.base/java.lang=ALL-UNNAMED",
      "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED", "--add-opens=java.management/sun.management=ALL-UNNAMED",
      "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED");
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final Process process;
  private final Process watcher;
  private final Path out;
  private final Path err;

  private JavaProgram(Process process, Process watcher, Path out, Path err) {
    this.process = process;
    this.watcher = watcher;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts {@code agentbus <arguments>}.
   *
   * @param folder where {@code <name>.out} and {@code <name>.err} keep what it says
   * @param environment added to that of this process, from which everything about nodes is removed first
   */
  public static JavaProgram start(Path folder, String name, Map<String, String> environment, List<String> arguments) {
    return start(folder, name, environment, AgentBus.class, arguments);
  }

  /** The same for another program of this class path. @param program has a main method */
  public static JavaProgram start(Path folder, String name, Map<String, String> environment, Class<?> program, List<String> arguments) {
    var command = new ArrayList<>(command());
    command.set(command.size() - 1, program.getName());
    command.addAll(arguments);
    var out = folder.resolve(name + ".out");
    var err = folder.resolve(name + ".err");
    var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet()
        .removeIf(variable -> variable.startsWith("AGENTBUS_") || variable.equals("DATABASE_URL"));
    builder.environment().putAll(environment);
    try {
      Files.createDirectories(folder);
      var process = builder.start();
      process.getOutputStream().close();
      // It reads a pipe that nobody writes to, and which the system closes when this process has ended.
      var end = "trap '' HUP INT TERM; read line; kill -s KILL " + process.pid();
      var watcher = new ProcessBuilder("/bin/sh", "-c", end).directory(new File("/"))
          .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      return new JavaProgram(process, watcher, out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The command line that is {@code agentbus}, without arguments. */
  public static List<String> command() {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(QUICK);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), AgentBus.class.getName()));
    return command;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** What was said on stdout. */
  public String said() {
    return read(out);
  }

  /** What was said on stderr. */
  public String complained() {
    return read(err);
  }

  /** Waits until a whole line was said, on either stream. @return the newest such line */
  public String awaitLine(Predicate<String> wanted) {
    var found = new String[1];
    await("a line of " + out.getFileName()).pollInterval(LOOK_AGAIN).atMost(LONG).until(() -> {
      found[0] = Stream.of(said(), complained()).flatMap(text -> text.substring(0, text.lastIndexOf('\n') + 1).lines())
          .filter(wanted).reduce((_, newer) -> newer).orElse(null);
      if (found[0] == null && !isAlive()) {
        throw new AssertionError("the program ended with " + process.exitValue() + "; it said:\n" + said() + complained());
      }
      return found[0] != null;
    });
    return found[0];
  }

  /** Ends it by SIGKILL, and leaves what it started alone. */
  public void kill9() {
    process.destroyForcibly();
    awaitExit();
  }

  /** Ends it and everything it started at once, as a crash of its machine would. */
  public void crash() {
    var family = process.descendants().toList();
    kill9();
    family.forEach(ProcessHandle::destroyForcibly);
  }

  /** Asks it to end (SIGTERM) and waits. @return its exit code */
  public int stop() {
    process.destroy();
    return awaitExit();
  }

  /** Waits for its end. @return its exit code */
  public int awaitExit() {
    try {
      if (!process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the program does not end; it said:\n" + said() + complained());
      }
      watcher.destroyForcibly();
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Holds it and everything it started where they are (SIGSTOP). */
  public void freeze() {
    signal("STOP");
  }

  /** Lets it go on. */
  public void thaw() {
    signal("CONT");
  }

  /** Ends it with everything it started; does nothing when it has ended. */
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    kill9();
  }

  private void signal(String name) {
    signal(name, process.toHandle(), true);
    process.descendants().forEach(one -> signal(name, one, false));
  }

  /** @param must false where it may have ended of itself between the look and the signal */
  private static void signal(String name, ProcessHandle one, boolean must) {
    var command = List.of("kill", "-s", name, Long.toString(one.pid()));
    try {
      if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0 && (must || one.isAlive())) {
        throw new AssertionError(String.join(" ", command) + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
