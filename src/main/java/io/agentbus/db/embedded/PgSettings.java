package io.agentbus.db.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * How the embedded server runs.
 *
 * @param maxConnections 5 to 10,000
 * @param sharedBuffers memory for the cache, in Postgres's notation ({@code 128MB})
 * @param durable true: a commit that was answered survives a power cut. False is for tests that do not test that
 * @param parameters further server parameters by name; they win over what we set, except what {@link #OURS} names
 * @param binaries where the programs are unpacked; empty means in the home. Give one folder to have many homes share
 *     them
 * @param startLimit how long a start may take; replaying the log after a crash counts
 */
public record PgSettings(
    int maxConnections,
    String sharedBuffers,
    boolean durable,
    Map<String, String> parameters,
    Optional<Path> binaries,
    Duration startLimit) {

  /** Parameters that hold the server and its home together, and are refused in {@code parameters}. */
  public static final Set<String> OURS = Set.of("port", "listen_addresses", "unix_socket_directories",
      "data_directory", "hba_file", "logging_collector", "log_directory", "log_destination", "max_connections",
      "shared_buffers", "fsync", "synchronous_commit");

  /** Checks every value; the message of a refusal names it. */
  public PgSettings {
    if (maxConnections < 5 || maxConnections > 10_000) {
      throw new IllegalArgumentException("maxConnections is " + maxConnections + ", not 5 to 10000");
    }
    if (!sharedBuffers.matches("[1-9]\\d{0,8}(kB|MB|GB)")) {
      throw new IllegalArgumentException("sharedBuffers is '" + sharedBuffers + "', not a size such as 128MB");
    }
    parameters.forEach((name, value) -> {
      if (!name.matches("[a-z_][a-z0-9_]*(\\.[a-z_][a-z0-9_]*)?") || OURS.contains(name)) {
        throw new IllegalArgumentException("the server parameter '" + name + "' is not one that can be set here");
      }
      if (value.chars().anyMatch(c -> c < ' ')) {
        throw new IllegalArgumentException("the server parameter " + name + " holds a control character");
      }
    });
    parameters = Map.copyOf(parameters);
  }

  /** Durable, 100 connections, 128 MB of cache, programs in the home, five minutes to start. */
  public static PgSettings defaults() {
    return new PgSettings(100, "128MB", true, Map.of(), Optional.empty(), Duration.ofMinutes(5));
  }

  /** The same with other limits. */
  public PgSettings withSize(int connections, String buffers) {
    return new PgSettings(connections, buffers, durable, parameters, binaries, startLimit);
  }

  /** The same with the programs in {@code folder}, which several homes may share. */
  public PgSettings withBinaries(Path folder) {
    return new PgSettings(maxConnections, sharedBuffers, durable, parameters, Optional.of(folder), startLimit);
  }

  /** The same with one more server parameter. */
  public PgSettings with(String parameter, String value) {
    var more = new TreeMap<>(parameters);
    more.put(parameter, value);
    return new PgSettings(maxConnections, sharedBuffers, durable, more, binaries, startLimit);
  }

  /** The same without durability. For tests only: a crash of the machine may destroy everything. */
  public PgSettings forgetful() {
    return new PgSettings(maxConnections, sharedBuffers, false, parameters, binaries, startLimit);
  }

  /** The server's configuration file. */
  String configuration(int port) {
    var lines = new TreeMap<String, String>();
    lines.put("shared_preload_libraries", "pg_stat_statements");
    // Kept by week day and overwritten a week later. Neither statements nor row values: they hold what users enqueued.
    lines.put("log_filename", "postgres-%a.log");
    lines.put("log_rotation_age", "1d");
    lines.put("log_rotation_size", "0");
    lines.put("log_truncate_on_rotation", "on");
    lines.put("log_min_error_statement", "panic");
    lines.put("log_error_verbosity", "terse");
    lines.put("log_line_prefix", "%m [%p] ");
    lines.put("full_page_writes", onOff(durable));
    lines.putAll(parameters);
    lines.put("logging_collector", "on");
    lines.put("log_directory", PgCluster.LOG_FROM_DATA);
    lines.put("log_destination", "stderr");
    lines.put("listen_addresses", "127.0.0.1");
    lines.put("unix_socket_directories", "");
    lines.put("port", Integer.toString(port));
    lines.put("max_connections", Integer.toString(maxConnections));
    lines.put("shared_buffers", sharedBuffers);
    lines.put("fsync", onOff(durable));
    lines.put("synchronous_commit", onOff(durable));
    var text = new StringBuilder("# Written by agentbus at each start; changes here are lost.\n");
    lines.forEach((name, value) -> text.append(name)
        .append(" = '").append(value.replace("\\", "\\\\").replace("'", "''")).append("'\n"));
    return text.toString();
  }

  private static String onOff(boolean value) {
    return value ? "on" : "off";
  }
}
