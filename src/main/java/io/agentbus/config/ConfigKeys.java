package io.agentbus.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The names by which a key can be set from outside a file. Every key has a variable made of its path ({@code
 * http.idle-timeout} is {@code AGENTBUS_HTTP_IDLE_TIMEOUT}); those that are set often have a short name too, which
 * gives a flag and a variable.
 */
public final class ConfigKeys {
  /** Short name to key: {@code --port} and {@code AGENTBUS_PORT} set {@code http.port}. */
  public static final Map<String, String> SHORT = shortNames();

  /** The variable that other Postgres programs read too. */
  public static final String DATABASE_URL = "DATABASE_URL";

  /** Keys whose value may stand in a file that their variable with {@code _FILE} behind it names. */
  static final Set<String> SECRETS = Set.of("database.url", "bus.cluster.secret");

  private ConfigKeys() {}

  private static Map<String, String> shortNames() {
    var names = new LinkedHashMap<String, String>();
    names.put("home", "node.home");
    names.put("name", "node.name");
    names.put("roles", "node.roles");
    names.put("port", "http.port");
    names.put("listen", "http.listen");
    names.put("insecure-listen", "http.insecure-listen");
    names.put("tls-cert", "http.tls-cert");
    names.put("tls-key", "http.tls-key");
    names.put("bus-port", "bus.port");
    names.put("cluster", "bus.cluster.enabled");
    names.put("cluster-port", "bus.cluster.port");
    names.put("cluster-members", "bus.cluster.members");
    names.put("database-url", "database.url");
    names.put("log-level", "logging.level");
    return Collections.unmodifiableMap(names);
  }

  /** Every key, dotted, in the order of {@code conf/agentbus.yaml}. */
  public static List<String> all() {
    var keys = new ArrayList<String>();
    RecordKeys.walk("", AgentbusConfig.defaults(), (key, value) -> keys.add(key));
    return List.copyOf(keys);
  }

  /** The environment variables that set {@code key}; of several that are set, the first wins. */
  public static List<String> variables(String key) {
    var names = new ArrayList<String>();
    SHORT.forEach((name, target) -> {
      if (target.equals(key)) {
        names.add(variable(name));
      }
    });
    names.add(variable(key));
    if (key.equals("database.url")) {
      names.add(DATABASE_URL);
    }
    return names.stream().distinct().toList();
  }

  private static String variable(String name) {
    return "AGENTBUS_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}
