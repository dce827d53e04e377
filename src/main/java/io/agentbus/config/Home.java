package io.agentbus.config;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The folder a node lives in: its operator token, the address of its database, its own Postgres when it runs one.
 *
 * @param folder absolute, with links resolved; there and writable
 */
public record Home(Path folder) {

  /** Names the home folder in the environment. */
  public static final String VARIABLE = "AGENTBUS_HOME";

  /**
   * Where the home is: the value of {@value #VARIABLE} when it is set and not blank, else {@code .agentbus} in the
   * user's own folder. Nothing is made.
   */
  public static Path location(Map<String, String> environment) {
    var given = environment.getOrDefault(VARIABLE, "");
    return given.isBlank() ? Path.of(System.getProperty("user.home"), ".agentbus") : Path.of(given);
  }

  /**
   * Opens a home, making the folder with mode 0700 when it is missing.
   *
   * @throws IllegalStateException when it cannot be made, is no folder or cannot be written; the message names it
   */
  public static Home open(Path folder) {
    try {
      SecretFile.folder(folder);
      var real = folder.toRealPath();
      if (!Files.isWritable(real)) {
        throw new IllegalStateException("The home folder " + folder + " cannot be written by this user");
      }
      return new Home(real);
    } catch (IOException e) {
      throw new IllegalStateException("The home folder " + folder + " cannot be used: " + e, e);
    }
  }

  /**
   * Holds this home for one node until the lock is closed or the process ends.
   *
   * @throws ProblemException {@code invalid_transition} when another node runs in it; its detail names that process id
   * @throws UncheckedIOException when the lock file cannot be made
   */
  public LockFile lock() {
    var file = folder.resolve("node.lock");
    return LockFile.tryAcquire(file).orElseThrow(() -> ProblemException.of(
        ProblemCode.INVALID_TRANSITION, "A node already runs in the home " + folder + " (" + LockFile.holderText(file)
            + "): stop it, or give this one another folder with --home."));
  }

  /** The operator token of the first start, one line, mode 0600. */
  public Path operatorToken() {
    return folder.resolve("operator.token");
  }

  /** The {@code postgresql://} URL of the database in use, one line, mode 0600. */
  public Path databaseUrl() {
    return folder.resolve("database.url");
  }

  /** The base URL of the node that runs here, one line; there while it serves. */
  public Path nodeUrl() {
    return folder.resolve("node.url");
  }

  /** The folder of the embedded Postgres: binaries, data, logs. */
  public Path postgres() {
    return folder.resolve("postgres");
  }
}
