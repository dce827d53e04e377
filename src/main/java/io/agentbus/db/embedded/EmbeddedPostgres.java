package io.agentbus.db.embedded;

import io.agentbus.config.LockFile;
import io.agentbus.config.SecretFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Postgres of our own under one home folder. It is a process of its own session: it outlives this one when this one
 * is killed, and the next start takes it over. Call from a thread that may wait.
 */
public final class EmbeddedPostgres implements AutoCloseable {

  /** What an operator does when the embedded server cannot run. */
  static final String GIVE_A_URL =
      "Or give a Postgres URL: --database-url postgresql://user:password@host:5432/database, or DATABASE_URL.";

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
  private static final Duration STOP_LIMIT = Duration.ofMinutes(1);
  /** Children of a killed server notice within moments; until then Postgres refuses a new one. */
  private static final Duration ORPHAN_LIMIT = Duration.ofSeconds(20);
  private static final int PORT_TRIES = 10;

  private final PgCluster cluster;
  private final String url;
  private final int port;
  private final long pid;
  private final boolean adopted;

  private EmbeddedPostgres(PgCluster cluster, Postmaster running, boolean adopted) throws IOException {
    this.cluster = cluster;
    this.port = running.port();
    this.pid = running.pid();
    this.adopted = adopted;
    this.url = "postgresql://" + PgCluster.NAME + ":" + cluster.password() + "@127.0.0.1:" + port + "/"
        + PgCluster.NAME;
  }

  /**
   * Starts the server of {@code home}, or takes over the one that runs. The first time it unpacks the programs and
   * makes the data folder. Writes {@code database.url} with mode 0600. Two callers of one home get the same server.
   *
   * @param home a folder; made with mode 0700 when missing
   * @param settings used by a server that is started; one that runs keeps those it has until its next start
   * @throws IllegalStateException when it cannot be done; the message says why, with the end of the server's own log
   */
  public static EmbeddedPostgres start(Path home, PgSettings settings) {
    return start(home, settings, PgUser::choose);
  }

  static EmbeddedPostgres start(Path home, PgSettings settings, Function<Path, PgUser> chooser) {
    try {
      SecretFile.folder(home);
      var real = home.toRealPath();
      var folder = real.resolve("postgres");
      refuseUnquotable(folder);
      SecretFile.folder(folder);
      try (var _ = LockFile.acquire(folder.resolve("start.lock"), settings.startLimit())) {
        var binaries = PgBinaries.unpack(settings.binaries().orElse(folder));
        var cluster = PgCluster.of(real, chooser.apply(folder.resolve("data")), binaries);
        cluster.prepare(settings.durable());
        var postgres = startOrAdopt(cluster, settings);
        SecretFile.write(real.resolve("database.url"), postgres.url + "\n");
        return postgres;
      }
    } catch (IOException e) {
      throw new IllegalStateException(
          "The embedded Postgres in " + home + " cannot be started: " + e + ". " + GIVE_A_URL, e);
    }
  }

  /** The database: {@code postgresql://agentbus:<password>@127.0.0.1:<port>/agentbus}. A secret. */
  public String databaseUrl() {
    return url;
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** The process id of the server. */
  public long pid() {
    return pid;
  }

  /** Whether it ran before this start. */
  public boolean adopted() {
    return adopted;
  }

  /** Whether a server runs on this data folder now, ready or on its way. */
  public boolean runs() {
    return running(cluster).isPresent();
  }

  /** The command that stops this server at once, for whoever may have to do it from outside this process. */
  public List<String> stopCommand() {
    return cluster.command("pg_ctl", "-D", cluster.data().toString(), "-m", "immediate", "stop");
  }

  /**
   * Ends all connections, writes everything down and stops the server. Nothing happens when it has ended already.
   *
   * @throws IllegalStateException when it still runs after a minute
   */
  public void stop() {
    stop(cluster);
  }

  private static void stop(PgCluster cluster) {
    try (var _ = LockFile.acquire(cluster.folder().resolve("start.lock"), STOP_LIMIT)) {
      if (running(cluster).isEmpty()) {
        return;
      }
      var result = PgCommand.run(cluster.command("pg_ctl", "-D", cluster.data().toString(), "-m", "fast", "-w", "-t",
          Long.toString(STOP_LIMIT.toSeconds()), "stop"), cluster.binaries().folder(), STOP_LIMIT.plusSeconds(10));
      if (!result.ok() && running(cluster).isPresent()) {
        throw new IllegalStateException("Postgres in " + cluster.folder() + " does not stop: " + result.output());
      }
    }
  }

  /**
   * Stops the server that an ended process left running in {@code home}, if there is one.
   *
   * @throws IllegalStateException when it cannot be stopped
   */
  public static void stopLeft(Path home, PgSettings settings) {
    var folder = home.resolve("postgres");
    if (!Files.isDirectory(folder.resolve("data"))) {
      return;
    }
    try {
      var real = folder.toRealPath();
      var binaries = PgBinaries.unpack(settings.binaries().orElse(real));
      stop(PgCluster.of(real.getParent(), PgUser.choose(real.resolve("data")), binaries));
    } catch (IOException e) {
      throw new IllegalStateException("The embedded Postgres in " + home + " cannot be stopped: " + e, e);
    }
  }

  /** The same as {@link #stop}. */
  @Override
  public void close() {
    stop();
  }

  private static EmbeddedPostgres startOrAdopt(PgCluster cluster, PgSettings settings) throws IOException {
    var end = System.nanoTime() + settings.startLimit().toNanos();
    var found = running(cluster);
    while (found.isPresent()) {
      if (found.get().ready()) {
        LOG.info("took over the Postgres that runs on port {} (process {})", found.get().port(), found.get().pid());
        return new EmbeddedPostgres(cluster, found.get(), true);
      }
      // It is starting, or replaying its log, or stopping.
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("Postgres in " + cluster.folder() + " runs as process " + found.get().pid()
            + " but is not ready; it says '" + found.get().status() + "'");
      }
      pause();
      found = running(cluster);
    }
    return startNew(cluster, settings);
  }

  private static EmbeddedPostgres startNew(PgCluster cluster, PgSettings settings) throws IOException {
    var started = System.nanoTime();
    var orphansEnd = started + ORPHAN_LIMIT.toNanos();
    var portTries = PORT_TRIES;
    var port = remembered(cluster);
    while (true) {
      cluster.configure(settings.configuration(port));
      Files.deleteIfExists(cluster.startLog());
      var command = cluster.command("pg_ctl", "-D", cluster.data().toString(), "-l", cluster.startLog().toString(),
          "-w", "-t", Long.toString(settings.startLimit().toSeconds()), "start");
      var result = PgCommand.run(command, cluster.binaries().folder(), settings.startLimit().plusSeconds(10));
      if (result.ok()) {
        var running = running(cluster).filter(Postmaster::ready).orElseThrow(
            () -> new IllegalStateException("Postgres in " + cluster.folder() + " ended right after its start"));
        SecretFile.write(cluster.folder().resolve("port"), running.port() + "\n");
        LOG.info("started Postgres on port {} (process {}) in {} ms", running.port(), running.pid(),
            (System.nanoTime() - started) / 1_000_000);
        return new EmbeddedPostgres(cluster, running, false);
      }
      var said = PgCommand.tail(cluster.startLog());
      if (said.contains("could not create any TCP/IP sockets") && portTries-- > 0) {
        port = freePort();
      } else if (said.contains("is still in use") && System.nanoTime() - orphansEnd < 0) {
        pause();
      } else {
        throw new IllegalStateException("Postgres in " + cluster.folder() + " does not start: " + result.output() + "\n"
            + said + "\nIts log is in " + cluster.log() + ". " + GIVE_A_URL);
      }
    }
  }

  /** pg_ctl puts paths into a shell command between double quotes, where these keep their meaning. */
  private static void refuseUnquotable(Path folder) {
    if (folder.toString().chars().anyMatch(c -> c < ' ' || "\"$`\\".indexOf(c) >= 0)) {
      throw new IllegalStateException("Postgres cannot live in " + folder
          + ": choose a home whose path holds no quotation mark, dollar sign, back quote, backslash or control"
          + " character");
    }
  }

  /** The server that runs on this data folder. A file that keeps one from starting is removed. */
  private static Optional<Postmaster> running(PgCluster cluster) {
    var postmaster = Postmaster.read(cluster.data());
    if (postmaster.isEmpty()) {
      return Optional.empty();
    }
    return switch (postmaster.get().state(cluster.data())) {
      case OURS -> postmaster;
      case GONE -> Optional.empty();
      case FOREIGN -> {
        LOG.warn("removing {}: process {} in it is another program", Postmaster.file(cluster.data()),
            postmaster.get().pid());
        try {
          Files.deleteIfExists(Postmaster.file(cluster.data()));
        } catch (IOException e) {
          throw new IllegalStateException(
              "the stale file " + Postmaster.file(cluster.data()) + " cannot be removed: " + e, e);
        }
        yield Optional.empty();
      }
    };
  }

  /** The port of the last start when it is free, so that what was configured with the URL goes on; else a free one. */
  private static int remembered(PgCluster cluster) throws IOException {
    var file = cluster.folder().resolve("port");
    var text = Files.exists(file) ? Files.readString(file).strip() : "";
    if (text.matches("[1-9]\\d{3,4}") && isFree(Integer.parseInt(text))) {
      return Integer.parseInt(text);
    }
    return freePort();
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
      return true;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
      return socket.getLocalPort();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_AGAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for Postgres", e);
    }
  }
}
