package io.agentbus.db;

import io.agentbus.config.DatabaseUrl;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A {@code postgresql://} URL as the JDBC driver takes it. JDBC is used for migrations and for reading the catalogs,
 * nowhere else.
 *
 * @param url {@code jdbc:postgresql://host:port/database?parameter=value}, without user and password
 * @param user empty when the URL names none
 * @param password empty when the URL names none
 */
public record JdbcUrl(String url, String user, String password) {

  /** Limits of how long a session may be slow: migrations may be, and wait inside a transaction while they are. */
  private static final Set<String> LIMITS = Set.of("idle_in_transaction_session_timeout", "idle_session_timeout", "statement_timeout",
      "transaction_timeout");

  /**
   * Converts what {@link DatabaseUrl} reads.
   *
   * @throws IllegalArgumentException when it is no such URL; the message shows no password
   */
  public static JdbcUrl of(String text) {
    var url = DatabaseUrl.of(text);
    var parameters = new TreeMap<String, String>();
    for (var name : List.of("sslrootcert", "sslcert", "sslkey")) {
      put(parameters, name, url.parameter(name));
    }
    put(parameters, "sslmode", Connecting.sslMode(url));
    put(parameters, "ApplicationName", url.parameter("application_name"));
    put(parameters, "connectTimeout", Long.toString(Connecting.connectLimit(url).toSeconds()));
    put(parameters, "tcpKeepAlive", "true");
    var options = url.settings().entrySet().stream().filter(setting -> !LIMITS.contains(setting.getKey()))
        .map(setting -> "-c " + setting.getKey() + "=" + setting.getValue().replace("\\", "\\\\").replace(" ", "\\ "))
        .collect(Collectors.joining(" "));
    put(parameters, "options", options.isEmpty() ? null : options);
    var query = parameters.entrySet().stream().map(one -> one.getKey() + "=" + encode(one.getValue())).collect(Collectors.joining("&"));
    return new JdbcUrl("jdbc:postgresql://" + url.bracketedHost() + ":" + url.port() + "/" + encode(url.database()) + "?" + query,
        url.user(), url.password());
  }

  private static void put(Map<String, String> parameters, String name, @Nullable String value) {
    if (value != null) {
      parameters.put(name, value);
    }
  }

  /**
   * Opens a connection.
   *
   * @throws SQLException when the server cannot be reached or refuses
   */
  public Connection connect() throws SQLException {
    var properties = new Properties();
    if (!user.isEmpty()) {
      properties.setProperty("user", user);
    }
    if (!password.isEmpty()) {
      properties.setProperty("password", password);
    }
    return DriverManager.getConnection(url, properties);
  }

  /** Without the password and the parameters. */
  @Override
  public String toString() {
    return url.replaceAll("\\?.*", "") + (user.isEmpty() ? "" : " as " + user);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
