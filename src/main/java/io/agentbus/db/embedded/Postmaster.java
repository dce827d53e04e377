package io.agentbus.db.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code postmaster.pid} says about the server of a data folder, and what is true of it.
 *
 * @param pid process id
 * @param port on 127.0.0.1; 0 while the server has not written it yet
 * @param status the server's own word, such as {@code ready}; empty while it has not written it yet
 */
record Postmaster(long pid, int port, String status) {

  /** What became of the process that wrote the file. */
  enum State {
    /** It runs and serves this data folder. */
    OURS,
    /** It has ended. Its file stays: from it Postgres itself finds out whether children of it still live. */
    GONE,
    /** The number now belongs to another program, which would keep Postgres from starting for ever. */
    FOREIGN
  }

  /** The file of a data folder. */
  static Path file(Path data) {
    return data.resolve("postmaster.pid");
  }

  /** Reads the file; empty when there is none or nothing usable in it. */
  static Optional<Postmaster> read(Path data) {
    try {
      var lines = Files.readAllLines(file(data));
      if (lines.isEmpty() || !lines.getFirst().strip().matches("[1-9]\\d{0,17}")) {
        return Optional.empty();
      }
      return Optional.of(new Postmaster(Long.parseLong(lines.getFirst().strip()), port(lines), line(lines, 7)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("the file " + file(data) + " cannot be read: " + e, e);
    }
  }

  /** Whether it has said that it takes connections. */
  boolean ready() {
    return status.equals("ready") && port > 0;
  }

  /** Looks at the process. {@code data} is absolute, with links resolved. */
  State state(Path data) {
    var process = ProcessHandle.of(pid);
    if (process.isEmpty() || !process.get().isAlive() || isZombie()) {
      return State.GONE;
    }
    var info = process.get().info();
    var program = info.command().map(command -> Path.of(command).getFileName().toString()).orElseGet(this::shortName);
    // Linux says " (deleted)" when the file was removed under the running program.
    if (!program.equals("postgres") && !program.equals("postgres (deleted)")) {
      return State.FOREIGN;
    }
    // Another server may have got the number. Ours stands in its data folder and was told of it when started.
    var folder = workingFolder();
    if (folder.isPresent()) {
      return folder.get().equals(data) ? State.OURS : State.FOREIGN;
    }
    var arguments = info.arguments();
    return arguments.isEmpty() || List.of(arguments.get()).contains(data.toString()) ? State.OURS : State.FOREIGN;
  }

  /** Ended, but its parent has not asked how: the process table still has it, and isAlive says yes. */
  private boolean isZombie() {
    var stat = proc("stat");
    var end = stat.lastIndexOf(')');
    return end >= 0 && stat.length() > end + 2 && "ZX".indexOf(stat.charAt(end + 2)) >= 0;
  }

  private String shortName() {
    return proc("comm").strip();
  }

  private Optional<Path> workingFolder() {
    try {
      return Optional.of(Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd")));
    } catch (IOException e) {
      // No /proc on this system, or the process is another user's or has just ended: the arguments decide.
      return Optional.empty();
    }
  }

  private String proc(String name) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/" + name));
    } catch (IOException e) {
      // The same: nothing is known that way.
      return "";
    }
  }

  private static int port(List<String> lines) {
    var text = line(lines, 3);
    return text.matches("[1-9]\\d{0,4}") ? Integer.parseInt(text) : 0;
  }

  private static String line(List<String> lines, int index) {
    return lines.size() > index ? lines.get(index).strip() : "";
  }
}
