package io.agentbus.db.embedded;

import io.agentbus.config.Folders;
import io.agentbus.config.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data folder of one home and what belongs to it.
 *
 * @param folder {@code <home>/postgres}, absolute, links resolved
 * @param user as whom everything here runs; can walk to the folder and the programs
 */
record PgCluster(Path folder, PgUser user, PgBinaries binaries) {

  /** Name of the superuser and of the database. */
  static final String NAME = "agentbus";
  /** The log folder as seen from the data folder. */
  static final String LOG_FROM_DATA = "../log";

  private static final Logger LOG = LoggerFactory.getLogger(PgCluster.class);
  private static final Duration INIT_LIMIT = Duration.ofMinutes(3);
  private static final String CONFIGURATION = "agentbus.conf";

  Path data() {
    return folder.resolve("data");
  }

  Path log() {
    return folder.resolve("log");
  }

  /** What the server says before its own log begins, and when it cannot begin. */
  Path startLog() {
    return log().resolve("start.log");
  }

  private Path passwordFile() {
    return folder.resolve("password");
  }

  /**
   * The cluster below a home.
   *
   * @param home absolute, links resolved
   * @param chosen as whom it runs, if that user can walk there
   */
  static PgCluster of(Path home, PgUser chosen, PgBinaries binaries) throws IOException {
    var folder = home.resolve("postgres");
    return new PgCluster(folder, chosen.reaching(home, List.of(folder, binaries.folder())), binaries);
  }

  /** Makes the data folder when it is missing and sets right what must be right before each start. */
  void prepare(boolean durable) throws IOException {
    SecretFile.folder(log());
    user.own(log());
    if (!Files.exists(data().resolve("PG_VERSION"))) {
      if (Files.exists(data())) {
        throw new IllegalStateException("the folder " + data() + " is there but holds no Postgres data: move it away");
      }
      initialise(durable);
    }
    // Postgres refuses data that others may read; a copied or unpacked home often has such modes.
    try {
      Files.setPosixFilePermissions(data(), PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new IllegalStateException("the data folder " + data() + " does not belong to this user: " + e.getMessage(),
          e);
    }
  }

  /** The superuser's password, safe in a URL. */
  String password() throws IOException {
    return Files.readString(passwordFile()).strip();
  }

  void configure(String text) throws IOException {
    var file = data().resolve(CONFIGURATION);
    SecretFile.write(file, text);
    user.own(file);
  }

  /** A command of Postgres, to be run as its user. */
  List<String> command(String program, String... arguments) {
    var command = new ArrayList<>(List.of(binaries.program(program)));
    command.addAll(List.of(arguments));
    return user.wrap(command);
  }

  /** The data folder gets its name when all is done, so that a start which was killed halfway is begun anew. */
  private void initialise(boolean durable) throws IOException {
    var started = System.nanoTime();
    var partial = folder.resolve("data.new");
    Folders.delete(partial);
    SecretFile.folder(partial);
    var bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    var password = HexFormat.of().formatHex(bytes);
    SecretFile.write(passwordFile(), password + "\n");
    var handedOver = folder.resolve("password.init");
    var creation = folder.resolve("create.sql");
    try {
      SecretFile.write(handedOver, password + "\n");
      user.own(handedOver);
      user.own(partial);
      var init = command("initdb", "-D", partial.toString(), "-U", NAME, "-A", "scram-sha-256",
          "--pwfile=" + handedOver, "-E", "UTF8", "--no-locale", "--no-instructions");
      if (!durable) {
        init = new ArrayList<>(init);
        init.add("--no-sync");
      }
      require(PgCommand.run(init, binaries.folder(), INIT_LIMIT), "initdb");
      Files.writeString(partial.resolve("postgresql.conf"), "\ninclude '" + CONFIGURATION + "'\n",
          StandardOpenOption.APPEND);
      var configuration = partial.resolve(CONFIGURATION);
      SecretFile.write(configuration, "fsync = " + (durable ? "on" : "off") + "\n");
      user.own(configuration);
      // Without a server: there is nobody to connect to yet.
      SecretFile.write(creation, "CREATE DATABASE " + NAME + ";\n");
      var created = PgCommand.run(command("postgres", "--single", "-D", partial.toString(), "postgres"),
          binaries.folder(), INIT_LIMIT, creation);
      // In this mode a failed statement does not change the exit code.
      require(created.output().contains("ERROR") ? new PgCommand.Result(1, created.output()) : created,
          "creating the database");
    } finally {
      Files.deleteIfExists(handedOver);
      Files.deleteIfExists(creation);
    }
    Files.move(partial, data(), StandardCopyOption.ATOMIC_MOVE);
    LOG.info("made the Postgres data folder {} in {} ms", data(), (System.nanoTime() - started) / 1_000_000);
  }

  private static void require(PgCommand.Result result, String what) {
    if (!result.ok()) {
      throw new IllegalStateException(
          "Postgres: " + what + " failed (exit " + result.exit() + "): " + result.output() + "\n"
          + EmbeddedPostgres.GIVE_A_URL);
    }
  }
}
