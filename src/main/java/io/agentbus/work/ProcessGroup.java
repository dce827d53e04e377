package io.agentbus.work;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A command with everything that it starts. The JDK cannot make a process group, so {@code setsid} (or {@code perl}, on
 * systems without it) makes one and then becomes the command: the group's number is the command's process id.
 */
final class ProcessGroup {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  private static final List<String> GROUP_MAKER = groupMaker();
  private final Process leader;

  private ProcessGroup(Process leader) {
    this.leader = leader;
  }

  /**
   * Starts a command.
   *
   * @param environment added to that of this process
   * @throws IOException when it cannot be started
   */
  static ProcessGroup start(List<String> command, Map<String, String> environment) throws IOException {
    var line = new ArrayList<>(GROUP_MAKER);
    line.addAll(command);
    var builder = new ProcessBuilder(line);
    builder.environment().putAll(environment);
    return new ProcessGroup(builder.start());
  }

  /** Where a command is, looked up as a shell does; empty when there is no such file to execute. */
  static Optional<Path> find(String command) {
    try {
      if (command.contains(File.separator)) {
        return Optional.of(Path.of(command)).filter(ProcessGroup::isProgram);
      }
      return Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(File.pathSeparator))
          .map(folder -> Path.of(folder.isEmpty() ? "." : folder, command)).filter(ProcessGroup::isProgram).findFirst();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** Whether processes that leave the command's side of the family tree can be stopped too. */
  static boolean isExact() {
    return !GROUP_MAKER.isEmpty();
  }

  Process leader() {
    return leader;
  }

  /** Whether any process of the group is left. */
  boolean isAlive() throws IOException, InterruptedException {
    return leader.isAlive() || isExact() && kill("0");
  }

  /** Asks every process to end, and ends those that have not after {@code grace}. */
  void stop(Duration grace) throws IOException, InterruptedException {
    // Taken first: once their parent is dead, those that made a group of their own can no longer be found.
    var family = leader.descendants().toList();
    if (isExact()) {
      kill("TERM");
    } else {
      leader.destroy();
      family.forEach(ProcessHandle::destroy);
    }
    if (!isGone(family, grace)) {
      if (isExact()) {
        kill("KILL");
      }
      leader.destroyForcibly();
      family.forEach(ProcessHandle::destroyForcibly);
      // A killed process is gone as soon as its parent has looked; a machine whose first process never looks keeps it
      // listed.
      isGone(family, Duration.ofSeconds(2));
    }
  }

  private boolean isGone(List<ProcessHandle> family, Duration limit) throws IOException, InterruptedException {
    var end = System.nanoTime() + limit.toNanos();
    var pending = CompletableFuture.allOf(Stream.concat(Stream.of(leader.toHandle()), family.stream())
        .map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new));
    try {
      pending.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IOException("the end of a process cannot be awaited", e);
    }
    while (isAlive()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
    return true;
  }

  /** Signals the group; false when it has no process left. */
  private boolean kill(String signal) throws IOException, InterruptedException {
    var kill = new ProcessBuilder("/bin/sh", "-c", "kill -s \"$1\" -- \"-$2\"", "sh", signal,
        Long.toString(leader.pid()))
        .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    return kill.waitFor() == 0;
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  private static List<String> groupMaker() {
    var setsid = find("setsid");
    if (setsid.isPresent()) {
      return List.of(setsid.get().toString());
    }
    return find("perl").map(perl ->
        List.of(perl.toString(), "-e", "setpgrp(0, 0); exec { $ARGV[0] } @ARGV or exit 127"))
        .orElse(List.of());
  }
}
