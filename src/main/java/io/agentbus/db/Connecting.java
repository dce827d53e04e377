package io.agentbus.db;

import io.agentbus.config.DatabaseUrl;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How every connection of a node is made. The time limits are settings of the session, so that the server keeps them
 * when the node cannot; the {@code options} of the URL win over them. Migrations go through {@link JdbcUrl} and have
 * none: they may take their time, and wait inside a transaction while they do.
 */
final class Connecting {
  /** What every session is told, unless the URL says otherwise. */
  private static final Map<String, String> LIMITS = limits();
  /** How long a connection may take to be there, in seconds. */
  private static final int CONNECT_SECONDS = 10;
  private static final Duration LEAST_MARGIN = Duration.ofSeconds(2);
  private static final Pattern LENGTH = Pattern.compile("\\s*(\\d{1,15})\\s*(us|ms|s|min|h|d|)\\s*");

  private Connecting() {}

  private static Map<String, String> limits() {
    var limits = new LinkedHashMap<String, String>();
    // A node that is frozen in the middle of a transaction would keep its locks for ever. No pause of ours between two
    // statements comes near: calls that wait for work do so outside of transactions.
    limits.put("idle_in_transaction_session_timeout", "20s");
    // Longer than the line above, so that who waits for a frozen node's locks gets them.
    limits.put("statement_timeout", "30s");
    // Connections here wait for work: a server that cuts idle ones would only have them made anew.
    limits.put("idle_session_timeout", "0");
    // A node whose machine or network is gone holds locks and connections too. The last one is for answers that a
    // frozen node does not take.
    limits.put("tcp_keepalives_idle", "15s");
    limits.put("tcp_keepalives_interval", "5s");
    limits.put("tcp_keepalives_count", "3");
    limits.put("tcp_user_timeout", "30s");
    return limits;
  }

  /**
   * What the pool and the single connections share.
   *
   * @throws IllegalArgumentException when a file that the URL names cannot be read
   */
  static PgConnectOptions options(DatabaseUrl url) {
    var options = new PgConnectOptions()
        .setHost(url.host()).setPort(url.port()).setDatabase(url.database())
        .setUser(url.user().isEmpty() ? System.getProperty("user.name") : url.user()).setPassword(url.password())
        .setCachePreparedStatements(true)
        .setPreparedStatementCacheMaxSize(512)
        .setPreparedStatementCacheSqlLimit(65_536)
        .setPipeliningLimit(64);
    LIMITS.forEach(options::addProperty);
    url.settings().forEach(options::addProperty);
    // The search path makes the plain names of sql/queries mean our schema; UTC makes record text the same on every node.
    options.addProperty("search_path", searchPath(url.settings().get("search_path"))).addProperty("timezone", "UTC")
        .addProperty("application_name", Objects.requireNonNullElse(url.parameter("application_name"), "agentbus"));
    return withTls(options, url);
  }

  /** How the sockets are made. */
  static NetClientOptions tcp(DatabaseUrl url) {
    return new NetClientOptions().setTcpKeepAlive(true).setConnectTimeout((int) connectLimit(url).toMillis());
  }

  /** How long a connection may take to be there. */
  static Duration connectLimit(DatabaseUrl url) {
    var given = url.parameter("connect_timeout");
    return Duration.ofSeconds(given == null ? CONNECT_SECONDS : Integer.parseInt(given));
  }

  /**
   * How long to wait for the answer to a statement that the server gives so much time. A server that is frozen, or behind a
   * cable that is cut, keeps no limit. Null = without end, as the URL asks.
   */
  static @Nullable Duration answerLimit(PgConnectOptions options) {
    var limit = length(options.getProperties().get("statement_timeout"));
    return limit == null || limit.isZero() ? null : answerLimit(limit);
  }

  /** Half as long again, and two seconds at least: the limit of the server shall come first, however busy the node is. */
  static Duration answerLimit(Duration limit) {
    var half = limit.dividedBy(2);
    return limit.plus(half.compareTo(LEAST_MARGIN) > 0 ? half : LEAST_MARGIN);
  }

  /** A length of time as the server's settings write it, milliseconds when it has no unit; null when it is none. */
  static @Nullable Duration length(String text) {
    var matcher = LENGTH.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    var number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "us" -> Duration.ofNanos(number * 1_000);
      case "s" -> Duration.ofSeconds(number);
      case "min" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> Duration.ofMillis(number);
    };
  }

  /** Ours first, whatever else is to be seen. */
  private static String searchPath(@Nullable String given) {
    var path = new ArrayList<>(List.of(Migrator.SCHEMA));
    for (var schema : (given == null ? "" : given).split(",")) {
      if (!schema.isBlank() && !path.contains(schema.strip())) {
        path.add(schema.strip());
      }
    }
    return String.join(", ", path);
  }

  private static PgConnectOptions withTls(PgConnectOptions options, DatabaseUrl url) {
    var mode = sslMode(url);
    var ssl = new ClientSSLOptions().setHostnameVerificationAlgorithm(mode.equals("verify-full") ? "HTTPS" : "");
    if (mode.startsWith("verify")) {
      ssl.setTrustOptions(new PemTrustOptions().addCertPath(file(url, "sslrootcert")));
    } else {
      ssl.setTrustAll(true);
    }
    if (url.parameter("sslcert") != null) {
      ssl.setKeyCertOptions(new PemKeyCertOptions().addCertPath(file(url, "sslcert")).addKeyPath(file(url, "sslkey")));
    }
    return options.setSslMode(SslMode.of(mode)).setSslOptions(ssl);
  }

  /** Plain when the URL says nothing. Who names an authority and wants TLS wants the server vouched for, as with libpq. */
  static String sslMode(DatabaseUrl url) {
    var mode = Objects.requireNonNullElse(url.parameter("sslmode"), "disable");
    return mode.equals("require") && url.parameter("sslrootcert") != null ? "verify-ca" : mode;
  }

  private static String file(DatabaseUrl url, String parameter) {
    var path = Objects.requireNonNull(url.parameter(parameter));
    if (!Files.isReadable(Path.of(path))) {
      throw new IllegalArgumentException("the database URL names " + path + " as " + parameter + ", which cannot be read");
    }
    return path;
  }
}
