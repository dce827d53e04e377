package io.agentbus.testkit;

import io.agentbus.config.Folders;
import io.agentbus.config.LockFile;
import io.agentbus.db.embedded.EmbeddedPostgres;
import io.agentbus.db.embedded.PgSettings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The embedded server of a test process, which ends with that process in every case. */
public final class TestPostgres {

  private static final Duration LOCK_LIMIT = Duration.ofMinutes(2);

  private TestPostgres() {}

  /** Durable settings with the programs in a folder that all test runs of this user share: they are unpacked once. */
  public static PgSettings settings() {
    return PgSettings.defaults().withBinaries(
        Path.of(System.getProperty("java.io.tmpdir"), "agentbus-" + System.getProperty("user.name"), "postgres"));
  }

  /** Starts one below {@code target} that forgets on a crash of the machine, which makes it quick. */
  static EmbeddedPostgres start(String zone) throws IOException {
    var target = Path.of("target").toAbsolutePath();
    Files.createDirectories(target);
    endLeftovers(target);
    var home = target.resolve("test-postgres-" + ProcessHandle.current().pid());
    var postgres = EmbeddedPostgres.start(home, settings().forgetful().withSize(200, "64MB").with("timezone", zone));
    endWithThisProcess(home, postgres);
    return postgres;
  }

  /**
   * Stops the server at once and removes its folder when this process has ended, also when it was killed: the watcher
   * reads a pipe that nobody writes to, and which the system closes then.
   */
  public static void endWithThisProcess(Path home, EmbeddedPostgres postgres) throws IOException {
    var command = new ArrayList<>(List.of("/bin/sh", "-c",
        "trap '' HUP INT TERM; read line; home=$1; shift; \"$@\"; rm -rf \"$home\"", "watcher", home.toString()));
    command.addAll(postgres.stopCommand());
    new ProcessBuilder(command).directory(new File("/")).redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /** Ends servers whose test process and whose watcher were both killed. */
  private static void endLeftovers(Path target) throws IOException {
    try (var _ = LockFile.acquire(target.resolve("test-postgres.lock"), LOCK_LIMIT);
        var homes = Files.newDirectoryStream(target, "test-postgres-[0-9]*")) {
      for (var home : homes) {
        if (!isInUse(Long.parseLong(home.getFileName().toString().replaceAll("\\D", "")))) {
          EmbeddedPostgres.stopLeft(home, settings());
          Folders.delete(home);
        }
      }
    }
  }

  private static boolean isInUse(long pid) {
    return pid != ProcessHandle.current().pid() && ProcessHandle.of(pid)
        .flatMap(process -> process.info().command()).filter(command -> command.endsWith("java")).isPresent();
  }
}
