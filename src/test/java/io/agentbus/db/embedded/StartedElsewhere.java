package io.agentbus.db.embedded;

import io.agentbus.testkit.TestPostgres;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A second JVM that starts the server of a home, says its process id and waits to be killed. */
record StartedElsewhere(Process process, BufferedReader output) implements AutoCloseable {

  /** Arguments: home, folder of the programs. */
  public static void main(String[] arguments) throws IOException {
    var settings = TestPostgres.settings().forgetful().withBinaries(Path.of(arguments[1]));
    System.out.println("pid=" + EmbeddedPostgres.start(Path.of(arguments[0]), settings).pid());
    System.in.read();
  }

  static StartedElsewhere launch(List<String> prefix, String classPath, Path home, Path binaries) throws IOException {
    var command = new ArrayList<>(prefix);
    command.addAll(List.of(ProcessHandle.current().info().command().orElseThrow(), "-Xmx128m", "-cp", classPath,
        StartedElsewhere.class.getName(), home.toString(), binaries.toString()));
    var process = new ProcessBuilder(command).directory(new File("/")).redirectErrorStream(true).start();
    return new StartedElsewhere(process,
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
  }

  /** Waits for the server's process id. */
  long postgresPid() throws IOException {
    var said = new StringBuilder();
    for (var line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("pid=")) {
        return Long.parseLong(line.substring(4));
      }
      said.append(line).append('\n');
    }
    throw new AssertionError("it ended without starting Postgres:\n" + said);
  }

  /** Kills the JVM as kill -9 does and waits until it is gone. */
  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    process.onExit().join();
    output.close();
  }
}
