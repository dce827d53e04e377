package io.agentbus.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A program of this machine. */
final class Program {
  private static final long SECONDS = 20;

  private Program() {}

  /** How it ended. @param output stdout and stderr as they came, without the last line end */
  record Outcome(int exit, String output) {}

  /** Runs it to its end, which must come within 20 s. */
  static Outcome run(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(command[0] + " did not end within " + SECONDS + " s");
    }
    return new Outcome(process.exitValue(), output);
  }
}
