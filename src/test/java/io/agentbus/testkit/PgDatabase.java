package io.agentbus.testkit;

import io.agentbus.db.JdbcUrl;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.jspecify.annotations.Nullable;

/**
 * A database of its own for a test class: migrated, without rows, dropped afterwards. Either
 * {@code @RegisterExtension static final PgDatabase database = new PgDatabase();} or
 * {@code @ExtendWith(PgDatabase.class)} with a parameter of this type. It stands on an embedded server that all classes
 * of the process share, or on the server of {@code AGENTBUS_TEST_DATABASE_URL} (a user that may create
 * databases; Postgres 15 or newer). The zone of its sessions is not UTC. One instance belongs to one class, with its nested classes.
 */
public final class PgDatabase implements BeforeAllCallback, AfterAllCallback, ParameterResolver {

  private final boolean migrated;
  private @Nullable String url;
  private @Nullable String owner;

  /** A migrated database. */
  public PgDatabase() {
    this(true);
  }

  private PgDatabase(boolean migrated) {
    this.migrated = migrated;
  }

  /** A database without the schema. */
  public static PgDatabase bare() {
    return new PgDatabase(false);
  }

  /** The {@code postgresql://} URL. Usable from the first {@code @BeforeAll} on. */
  public String url() {
    if (url == null) {
      throw new IllegalStateException("the database is there only while its test class runs: "
          + "register PgDatabase in a static field");
    }
    return url;
  }

  /** The URL with settings of the server for whoever connects by it, such as {@code statement_timeout=1s}. */
  public String urlWith(String... settings) {
    return with(url(), settings);
  }

  /** The same for any URL. */
  public static String with(String url, String... settings) {
    return url + (url.contains("?") ? "&" : "?") + "options=" + String.join("%20", List.of(settings).stream()
        .map(setting -> "-c%20" + URLEncoder.encode(setting, StandardCharsets.UTF_8).replace("+", "%5C%20")).toList());
  }

  /** A JDBC connection to it, which the caller closes. */
  public Connection connect() throws SQLException {
    return JdbcUrl.of(url()).connect();
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    // Nested classes pass here too; the outermost one owns the database.
    if (url == null) {
      url = migrated ? PgServer.get().createMigrated() : PgServer.get().createBare();
      owner = context.getUniqueId();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (url != null && context.getUniqueId().equals(owner)) {
      PgServer.get().dropUrl(url);
      url = null;
      owner = null;
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == PgDatabase.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return this;
  }
}
