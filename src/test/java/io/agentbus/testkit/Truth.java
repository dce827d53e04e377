package io.agentbus.testkit;

import static org.awaitility.Awaitility.await;

import io.agentbus.db.JdbcUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the database says, asked beside the bus. */
public record Truth(String url) {

  /** The first column of the first row as text; {@code null} as such. The statement must answer a row. */
  public String one(String sql, Object... parameters) {
    return all(sql, parameters).getFirst();
  }

  /** The first column of every row as text. */
  public List<String> all(String sql, Object... parameters) {
    try (var connection = connect(); var statement = connection.prepareStatement(sql)) {
      for (var i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      var found = new ArrayList<String>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
      return found;
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  /** Whether a condition holds now. */
  public boolean holds(String condition, Object... parameters) {
    return "t".equals(one("SELECT coalesce((" + condition + "), false)", parameters));
  }

  /** A number: the first column of the first row. */
  public int count(String sql, Object... parameters) {
    return Integer.parseInt(one(sql, parameters));
  }

  /** Changes rows, for what no operation does, such as letting time pass; answers how many. */
  public int update(String sql, Object... parameters) {
    try (var connection = connect(); var statement = connection.prepareStatement(sql)) {
      for (var i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  /** Where a job stands. */
  public String status(String jobId) {
    return one("SELECT status FROM jobs WHERE id = ?::uuid", jobId);
  }

  /** Waits until a job stands there. */
  public void awaitStatus(String jobId, String wanted) {
    await("the job is " + wanted).atMost(JavaProgram.LONG).pollInterval(Duration.ofMillis(20))
        .until(() -> wanted.equals(status(jobId)));
  }

  /** A field of a job's result. */
  public String result(String jobId, String field) {
    return one("SELECT result->>? FROM jobs WHERE id = ?::uuid", field, jobId);
  }

  /** Statuses of a job's attempts, in their order, and whether each was counted: {@code 1 timed_out counted}. */
  public List<String> attempts(String jobId) {
    return all("SELECT attempt_no || ' ' || status || CASE WHEN counted THEN ' counted' ELSE '' END FROM job_attempts "
        + "WHERE job_id = ?::uuid ORDER BY fence", jobId);
  }

  /** A connection that sees the names of the bus; the caller closes it. */
  public Connection connect() throws SQLException {
    var connection = JdbcUrl.of(url).connect();
    try (var statement = connection.createStatement()) {
      statement.execute("SET search_path TO agentbus");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }
}
