package io.agentbus.app;

import io.agentbus.config.ConfigException;
import io.agentbus.config.ConfigKeys;
import io.agentbus.config.ConfigLoader;
import io.agentbus.config.LoadedConfig;
import io.agentbus.door.cli.Flag;
import io.agentbus.door.cli.FlagSet;
import io.agentbus.door.cli.FlagValues;
import io.agentbus.door.cli.Terminal;
import io.agentbus.problem.ProblemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The flags of commands that read a node's configuration, and the configuration they make. */
final class NodeFlags {
  /** Besides {@code --home}, which every command knows. */
  static final List<Flag> ALL = all();

  private static final Set<String> TOGGLES = Set.of("insecure-listen", "cluster");

  private NodeFlags() {}

  private static List<Flag> all() {
    var flags = new ArrayList<Flag>();
    flags.add(Flag.one("config", "FILE", "The configuration file. Default: agentbus.yaml in the home folder, if it is there."));
    flags.add(Flag.many("set", "KEY=VALUE", "Any key of the configuration, such as jobs.max-attempts=3. Repeatable."));
    flags.add(Flag.one("name", "TEXT", "Name of the node, unique among those of a database. Default: the host's name."));
    flags.add(Flag.one("roles", "LIST", "What the node runs: api, dispatch, maintenance, ingress. Default: all."));
    flags.add(Flag.one("port", "NUMBER", "Port of the HTTP server; 0 picks a free one. Default: 7070."));
    flags.add(Flag.one("bus-port", "NUMBER", "Port of the event bus bridge. Default: 7071."));
    flags.add(Flag.toggle("cluster", "Shares the event bus with other nodes of the database: docs/cluster.md."));
    flags.add(Flag.one("cluster-port", "NUMBER", "Port at which nodes join this one; 0 picks a free one. Default: 7072."));
    flags.add(Flag.one("cluster-members", "LIST", "host:port of other nodes, each with its cluster port."));
    flags.add(Flag.one("listen", "ADDRESS", "Address of the HTTP server. Default: 127.0.0.1. Another needs TLS or --insecure-listen."));
    flags.add(Flag.toggle("insecure-listen", "Serves other machines without TLS, because something in front does TLS."));
    flags.add(Flag.one("tls-cert", "FILE", "PEM file with the certificate chain."));
    flags.add(Flag.one("tls-key", "FILE", "PEM file with its private key."));
    flags.add(Flag.one("database-url", "URL", "postgresql://user:password@host:port/database. Default: a Postgres of the node's own."));
    flags.add(Flag.one("log-level", "LEVEL", "error, warn, info, debug or trace. Default: info."));
    return List.copyOf(flags);
  }

  /** Puts the configuration together; what cannot be used is bad input. */
  static LoadedConfig load(FlagValues values, Terminal terminal) {
    var keys = new LinkedHashMap<String, String>();
    for (var pair : values.all("set")) {
      var cut = pair.indexOf('=');
      if (cut < 1) {
        throw ProblemException.invalid("/set", "'" + pair + "' is not KEY=VALUE, such as jobs.max-attempts=3");
      }
      keys.put(pair.substring(0, cut), pair.substring(cut + 1));
    }
    ConfigKeys.SHORT.forEach((flag, key) -> {
      var text = flag.equals("home") ? values.home() : TOGGLES.contains(flag) ? (values.has(flag) ? "true" : null) : values.text(flag);
      if (text != null) {
        keys.put(key, flag.equals("roles") ? text.toLowerCase(Locale.ROOT) : text);
      }
    });
    try {
      return ConfigLoader.load(terminal.environment(), keys, values.text("config") == null ? null : Path.of(values.text("config")));
    } catch (ConfigException e) {
      throw ProblemException.invalid(e.key().isEmpty() ? "" : "/" + e.key(), e.getMessage());
    }
  }

  /** A command of these flags and its own. */
  static FlagSet flags(String name, String summary, List<Flag> own) {
    var flags = new ArrayList<>(own);
    flags.addAll(ALL);
    return new FlagSet(name, summary, flags, List.of());
  }
}
