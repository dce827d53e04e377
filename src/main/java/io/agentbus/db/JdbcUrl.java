package io.agentbus.db;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/**
 * A {@code postgresql://} URL as the JDBC driver takes it. JDBC is used for migrations and for reading the catalogs,
 * nowhere else.
 *
 * @param url {@code jdbc:postgresql://host:port/database?parameter=value}, without user and password
 * @param user empty when the URL names none
 * @param password empty when the URL names none
 */
public record JdbcUrl(String url, String user, String password) {

  /** Long enough for a server that has just begun to start, short enough for a wrong address. */
  private static final String CONNECT_SECONDS = "10";

  /**
   * Converts {@code postgresql://user:password@host:port/database?sslmode=...}; {@code postgres://} is the same. User
   * and password may be percent-encoded, or stand among the parameters.
   *
   * @throws IllegalArgumentException when it is no such URL; the message shows no password
   */
  public static JdbcUrl of(String text) {
    URI uri;
    try {
      uri = URI.create(text.strip());
    } catch (IllegalArgumentException e) {
      // The cause would repeat the whole text, password and all.
      throw new IllegalArgumentException("the database URL is no valid URL; characters such as @ or / in a password"
          + " are written percent-encoded");
    }
    if (!"postgresql".equals(uri.getScheme()) && !"postgres".equals(uri.getScheme()) || uri.getRawAuthority() == null) {
      throw new IllegalArgumentException("the database URL must read postgresql://user:password@host:port/database");
    }
    var authority = uri.getRawAuthority();
    var at = authority.lastIndexOf('@');
    var login = at < 0 ? "" : authority.substring(0, at);
    var colon = login.indexOf(':');
    var user = decode(colon < 0 ? login : login.substring(0, colon));
    var password = colon < 0 ? "" : decode(login.substring(colon + 1));
    var path = uri.getRawPath() == null || uri.getRawPath().length() < 2 ? "/" + encode(user) : uri.getRawPath();
    var parameters = new StringBuilder();
    for (var pair : (uri.getRawQuery() == null ? "" : uri.getRawQuery()).split("&")) {
      var equals = pair.indexOf('=');
      var name = equals < 0 ? pair : pair.substring(0, equals);
      var value = equals < 0 ? "" : pair.substring(equals + 1);
      switch (name) {
        case "" -> { }
        case "user" -> user = decode(value);
        case "password" -> password = decode(value);
        case "application_name" -> parameters.append("&ApplicationName=").append(value);
        // Names that libpq and this driver share; others mean nothing to it.
        case "sslmode", "sslrootcert", "sslcert", "sslkey", "options" ->
            parameters.append('&').append(name).append('=').append(value);
        default -> { }
      }
    }
    var query = parameters.isEmpty() ? "" : "?" + parameters.substring(1);
    return new JdbcUrl("jdbc:postgresql://" + authority.substring(at + 1) + path + query, user, password);
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
    properties.setProperty("connectTimeout", CONNECT_SECONDS);
    return DriverManager.getConnection(url, properties);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return url + (user.isEmpty() ? "" : " as " + user);
  }

  private static String decode(String text) {
    // The decoder means form data, where + is a blank; in a URL's login it is itself.
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
