package io.agentbus.db.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs one short program to its end and keeps what it said. */
final class PgCommand {

  private static final int OUTPUT_LIMIT = 16 * 1024;

  /**
   * How a program ended.
   *
   * @param output what it wrote to stdout and stderr, the last 16 KiB, stripped
   */
  record Result(int exit, String output) {
    boolean ok() {
      return exit == 0;
    }
  }

  private PgCommand() {}

  /** Runs with nothing on stdin. See {@link #run(List, Path, Duration, Path)}. */
  static Result run(List<String> command, Path folder, Duration limit) {
    return run(command, folder, limit, Path.of("/dev/null"));
  }

  /**
   * Runs {@code command} in {@code folder} with the content of {@code input} on stdin, and kills it after
   * {@code limit}.
   *
   * @throws IllegalStateException when it cannot be run, does not end in time or the thread is interrupted
   */
  static Result run(List<String> command, Path folder, Duration limit, Path input) {
    var name = Path.of(command.getFirst()).getFileName();
    try {
      // A file, not a pipe: a server that outlives the command may hold a pipe open, and reading it would never end.
      var output = Files.createTempFile("agentbus-pg", ".out");
      try {
        var process = builder(command, folder).redirectInput(input.toFile()).redirectErrorStream(true)
            .redirectOutput(output.toFile()).start();
        try {
          if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException(name + " did not end within " + limit.toSeconds() + " s: " + tail(output));
          }
        } finally {
          process.destroyForcibly();
        }
        return new Result(process.exitValue(), tail(output));
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      throw new IllegalStateException(name + " cannot be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + name + " ran", e);
    }
  }

  /** A process of Postgres as we run it: settings from the caller's environment would change what it means. */
  static ProcessBuilder builder(List<String> command, Path folder) {
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    var environment = builder.environment();
    environment.keySet().removeIf(key -> key.startsWith("PG") || key.startsWith("LC_") || key.equals("LANGUAGE"));
    environment.put("LC_ALL", "C");
    return builder;
  }

  /** The end of a file, stripped; empty when the file is missing. */
  static String tail(Path file) throws IOException {
    if (!Files.exists(file)) {
      return "";
    }
    try (var channel = Files.newByteChannel(file)) {
      channel.position(Math.max(0, channel.size() - OUTPUT_LIMIT));
      var buffer = ByteBuffer.allocate(OUTPUT_LIMIT);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // until the buffer is full or the file ends
      }
      return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).strip();
    }
  }
}
