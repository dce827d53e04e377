package io.agentbus.sim;

import io.agentbus.db.JdbcUrl;
import io.agentbus.testkit.PgDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Runs the rules of {@code sql/runbook/invariants.sql} against a database and says which are broken, and by which rows. */
public final class Invariants {
  private static final Pattern NAME = Pattern.compile("(?m)^-- name: *invariants\\.(\\S+) *$");
  private static final String AT_REST = "at_rest_";
  private static final int ROWS_SHOWN = 5;

  private Invariants() {}

  /** Fails unless every rule holds, those included that hold only at rest. */
  public static void check(PgDatabase database) {
    check(database.url(), true);
  }

  /** Fails unless every rule holds that must hold at any moment. */
  public static void checkWhileRunning(PgDatabase database) {
    check(database.url(), false);
  }

  /** The same for a database by its URL. */
  public static void check(String url, boolean atRest) {
    var broken = violations(url, atRest);
    if (!broken.isEmpty()) {
      throw new AssertionError("broken rules of sql/runbook/invariants.sql:\n" + String.join("\n", broken));
    }
  }

  /** One text for each broken rule, with its first rows. */
  public static List<String> violations(String url, boolean atRest) {
    var broken = new ArrayList<String>();
    try (var connection = JdbcUrl.of(url).connect(); var statement = connection.createStatement()) {
      connection.setReadOnly(true);
      // Rules look at whole tables: sorts in memory and no start-up cost of compiled expressions.
      statement.execute("SET search_path TO agentbus; SET work_mem TO '128MB'; SET jit TO off");
      for (var rule : rules().entrySet()) {
        if (atRest || !rule.getKey().startsWith(AT_REST)) {
          addBroken(connection, rule, broken);
        }
      }
      return broken;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The text of each rule by its name. */
  static Map<String, String> rules() {
    var text = read();
    var heads = NAME.matcher(text).results().toList();
    var rules = new LinkedHashMap<String, String>();
    for (var i = 0; i < heads.size(); i++) {
      rules.put(heads.get(i).group(1), text.substring(heads.get(i).end(), i + 1 < heads.size() ? heads.get(i + 1).start() : text.length()));
    }
    return rules;
  }

  private static void addBroken(Connection connection, Map.Entry<String, String> rule, List<String> broken) throws SQLException {
    try (var statement = connection.createStatement(); var rows = statement.executeQuery(rule.getValue())) {
      var shown = new StringBuilder();
      var count = 0;
      while (rows.next()) {
        if (++count <= ROWS_SHOWN) {
          shown.append("\n    ").append(row(rows));
        }
      }
      if (count > 0) {
        broken.add("  " + rule.getKey() + ": " + count + " rows, such as" + shown);
      }
    } catch (SQLException e) {
      throw new SQLException("the rule " + rule.getKey() + " cannot be checked: " + e.getMessage(), e);
    }
  }

  private static String row(ResultSet rows) throws SQLException {
    var columns = rows.getMetaData();
    var text = new StringBuilder();
    for (var i = 1; i <= columns.getColumnCount(); i++) {
      text.append(i == 1 ? "" : ", ").append(columns.getColumnLabel(i)).append('=').append(rows.getString(i));
    }
    return text.toString();
  }

  private static String read() {
    try (var in = Invariants.class.getResourceAsStream("/sql/runbook/invariants.sql")) {
      if (in == null) {
        throw new IllegalStateException("no sql/runbook/invariants.sql on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
