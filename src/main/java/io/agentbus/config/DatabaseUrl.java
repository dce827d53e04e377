package io.agentbus.config;

import io.agentbus.problem.Suggestion;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is and how it wants to be spoken to: a {@code postgresql://} URL, taken apart. Every connection, by
 * whichever driver, is made from this, so that none knows a parameter that another does not.
 *
 * @param host name or address; IPv6 without its brackets
 * @param port TCP port
 * @param database percent-decoded; the user's name when the URL names none
 * @param user empty when the URL names none
 * @param password empty when the URL names none
 * @param parameters what else of {@link #PARAMETERS} stands behind the {@code ?}, decoded
 * @param settings the server settings of its {@code options}, by name in lower case, in their order
 */
public record DatabaseUrl(String host, int port, String database, String user, String password,
    Map<String, String> parameters, Map<String, String> settings) {

  /** The parameters it may have, with libpq's meaning. */
  static final List<String> PARAMETERS = List.of("application_name", "channel_binding", "connect_timeout", "options",
      "password", "sslcert", "sslkey", "sslmode", "sslrootcert", "target_session_attrs", "user");

  /** What others call it, or where it belongs: the end of a sentence. */
  private static final Map<String, String> INSTEAD = Map.ofEntries(
      Map.entry("host", "the host stands before the database's name"),
      Map.entry("hostaddr", "the address stands before the database's name"),
      Map.entry("port", "the port stands behind the host, after a colon"),
      Map.entry("dbname", "the database stands behind the host, after a slash"),
      Map.entry("ssl", "TLS is asked for by sslmode=require or verify-full"),
      Map.entry("schema", "everything lives in the schema agentbus"),
      Map.entry("currentSchema", "everything lives in the schema agentbus"),
      Map.entry("keepalives", "agentbus keeps its connections alive by itself"),
      Map.entry("keepalives_idle", "agentbus keeps its connections alive by itself"),
      Map.entry("keepalives_interval", "agentbus keeps its connections alive by itself"),
      Map.entry("keepalives_count", "agentbus keeps its connections alive by itself"),
      Map.entry("tcpKeepAlive", "agentbus keeps its connections alive by itself"));

  private static final Map<String, List<String>> VALUES = Map.of(
      "sslmode", List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
      // The pool's driver cannot bind a channel.
      "channel_binding", List.of("disable", "prefer"),
      // A standby cannot be written to, so a node would not start on it: nothing is left to choose.
      "target_session_attrs", List.of("any", "primary", "read-write"));

  private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:,\\[\\]]+)(?::(\\d{1,5}))?");
  private static final int USUAL_PORT = 5432;
  private static final int LONGEST_SHOWN = 60;

  /**
   * Takes a URL apart: {@code postgresql://user:password@host:port/database?sslmode=...}; {@code postgres://} is the
   * same. All parts may be percent-encoded; user and password may stand among the parameters.
   *
   * @throws IllegalArgumentException when it is no such URL or has a parameter that cannot be kept; the message says
   *     what would be right and shows no password
   */
  public static DatabaseUrl of(String text) {
    var uri = parse(text);
    var authority = uri.getRawAuthority();
    var at = authority.lastIndexOf('@');
    var login = at < 0 ? "" : authority.substring(0, at);
    var colon = login.indexOf(':');
    var address = ADDRESS.matcher(authority.substring(at + 1));
    if (!address.matches()) {
      throw refused("must name one host, as host:port; several, or a socket's folder, cannot be used");
    }
    var host = decode(address.group(1)).replaceAll("[\\[\\]]", "");
    var port = address.group(2) == null ? USUAL_PORT : Integer.parseInt(address.group(2));
    if (host.startsWith("/") || port < 1 || port > 65_535) {
      throw refused("must name one host and a port from 1 to 65535; a socket's folder cannot be used");
    }
    var parameters = parameters(uri.getRawQuery() == null ? "" : uri.getRawQuery());
    var user = parameters.getOrDefault("user", decode(colon < 0 ? login : login.substring(0, colon)));
    var password = parameters.getOrDefault("password", colon < 0 ? "" : decode(login.substring(colon + 1)));
    var path = uri.getRawPath() == null ? "" : uri.getRawPath();
    var settings = ServerSettings.of(parameters.getOrDefault("options", ""));
    parameters.keySet().removeAll(List.of("user", "password", "options"));
    return new DatabaseUrl(host, port, path.length() < 2 ? user : decode(path.substring(1)), user, password,
        Collections.unmodifiableMap(parameters), settings);
  }

  /** The value of one of {@link #PARAMETERS}, or null. */
  public @Nullable String parameter(String name) {
    return parameters.get(name);
  }

  /** The host as URLs write it. */
  public String bracketedHost() {
    return host.contains(":") ? "[" + host + "]" : host;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "postgresql://" + (user.isEmpty() ? "" : user + "@") + bracketedHost() + ":" + port + "/" + database;
  }

  private static URI parse(String text) {
    URI uri;
    try {
      uri = URI.create(text.strip());
    } catch (IllegalArgumentException e) {
      // The cause would repeat the whole text, password and all.
      throw refused("is no valid URL; characters such as @ or / in a password are written percent-encoded");
    }
    if (!"postgresql".equals(uri.getScheme()) && !"postgres".equals(uri.getScheme()) || uri.getRawAuthority() == null) {
      throw refused("must read postgresql://user:password@host:port/database");
    }
    return uri;
  }

  private static Map<String, String> parameters(String query) {
    var found = new TreeMap<String, String>();
    for (var pair : query.split("&")) {
      if (pair.isEmpty()) {
        continue;
      }
      var equals = pair.indexOf('=');
      var name = decode(equals < 0 ? pair : pair.substring(0, equals));
      if (!PARAMETERS.contains(name)) {
        throw refused(unknown(name));
      }
      var value = equals < 0 ? "" : decode(pair.substring(equals + 1));
      if (value.isEmpty() && !name.equals("options") && !name.equals("password")) {
        throw refused("gives " + name + " no value");
      }
      if (found.put(name, value) != null) {
        throw refused("gives " + name + " twice");
      }
    }
    VALUES.forEach((name, known) -> {
      if (found.containsKey(name) && !known.contains(found.get(name))) {
        throw refused("has " + name + " '" + shown(found.get(name)) + "', which is none of " + String.join(", ", known));
      }
    });
    var wait = found.get("connect_timeout");
    if (wait != null && !wait.matches("[1-9]\\d{0,3}")) {
      throw refused("has connect_timeout '" + shown(wait) + "', which is not a number of seconds from 1 to 9999");
    }
    if (found.getOrDefault("sslmode", "").startsWith("verify") && !found.containsKey("sslrootcert")) {
      throw refused("asks for sslmode " + found.get("sslmode")
          + " without sslrootcert, a PEM file with the certificates of those who may vouch for the server");
    }
    if (found.containsKey("sslcert") != found.containsKey("sslkey")) {
      throw refused("must give sslcert and sslkey together");
    }
    return new LinkedHashMap<>(found);
  }

  private static String unknown(String name) {
    var instead = INSTEAD.get(name);
    var near = Suggestion.words(name, PARAMETERS);
    return "has the parameter '" + shown(name) + "'" + (instead != null ? ", which it cannot have: " + instead
        : near.isEmpty() ? ", which is none of " + String.join(", ", PARAMETERS)
            + "; a setting of the server is given as options=-c%20NAME%3DVALUE"
        : near.replaceAll("\\?$", ""));
  }

  private static String shown(String text) {
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
  }

  static IllegalArgumentException refused(String rule) {
    return new IllegalArgumentException("the database URL " + rule);
  }

  private static String decode(String text) {
    // The decoder means form data, where + is a blank; in a URL it is itself.
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
