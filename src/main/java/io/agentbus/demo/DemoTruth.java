package io.agentbus.demo;

import io.agentbus.db.JdbcUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/** Asks the database itself, past the bus, whether what the demo tells is true. */
final class DemoTruth implements AutoCloseable {
  private static final Pattern CITATION = Pattern.compile("\\[(job|event) ([0-9a-f-]{36})]$");

  private final Connection connection;
  private final String namespace;

  DemoTruth(String url, String namespace) throws SQLException {
    this.connection = JdbcUrl.of(url).connect();
    this.namespace = namespace;
    try (var statement = connection.createStatement()) {
      statement.execute("SET search_path = agentbus");
    }
  }

  /** One thing that must hold. */
  record Claim(String words, boolean holds) {}

  /** What must hold at the end of the demo. */
  List<Claim> claims(Path digest) throws SQLException, IOException {
    var claims = new ArrayList<Claim>();
    claims.add(new Claim("every job of the goal succeeded", count("SELECT count(*) FROM jobs WHERE namespace = ? AND status <> 'succeeded'") == 0
        && count("SELECT count(*) FROM jobs WHERE namespace = ?") >= 10));
    claims.add(new Claim("the worker that was killed lost its attempt, and another finished the job", attempts("service.diagnose", "timed_out") >= 1
        && attempts("service.diagnose", "succeeded") == 1));
    claims.add(new Claim("the job that failed was retried once its cause was gone", attempts("infra.check", "failed") >= 1
        && attempts("infra.check", "succeeded") == 3));
    claims.add(new Claim("the job that was blocked was unblocked by the coordinator", attempts("deploy.review", "blocked") == 1
        && attempts("deploy.review", "succeeded") == 1
        && count("SELECT count(*) FROM journal_positioned WHERE namespace = ? AND action = 'unblock_job' AND actor LIKE 'agent:%/coordinator'") == 1));
    claims.add(new Claim("no attempt is open behind an ended job", count("SELECT count(*) FROM job_attempts a JOIN jobs j ON j.id = a.job_id"
        + " WHERE j.namespace = ? AND a.finished_at IS NULL") == 0));
    claims.add(new Claim("fences only grew", count("SELECT count(*) FROM (SELECT a.fence <= lag(a.fence) OVER (PARTITION BY a.job_id ORDER BY a.finished_at)"
        + " AS bad FROM job_attempts a JOIN jobs j ON j.id = a.job_id WHERE j.namespace = ?) x WHERE bad") == 0));
    claims.add(new Claim("every change of a job stands in the journal", count("SELECT count(*) FROM jobs j WHERE j.namespace = ? AND NOT EXISTS"
        + " (SELECT FROM journal r WHERE r.job_id = j.id AND r.to_state = j.status)") == 0));
    claims.add(new Claim("every line of the digest cites a job or event that is there", cited(digest)));
    return claims;
  }

  /** The jobs as a table, oldest first: subject, agent, status, attempts. */
  List<List<String>> table() throws SQLException {
    var rows = new ArrayList<List<String>>();
    try (var statement = connection.prepareStatement("SELECT subject, target_agent, status, (SELECT string_agg(a.status::text, ', ' ORDER BY a.fence)"
        + " FROM job_attempts a WHERE a.job_id = j.id), coalesce(extract(epoch FROM completed_at - created_at)::numeric(9,1)::text, '-'), id FROM jobs j"
        + " WHERE namespace = ? ORDER BY completed_at NULLS LAST")) {
      statement.setString(1, namespace);
      var found = statement.executeQuery();
      while (found.next()) {
        rows.add(List.of(found.getString(1), found.getString(2), found.getString(3), found.getString(4) == null ? "-" : found.getString(4), found.getString(5) + " s",
            found.getString(6)));
      }
    }
    return rows;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private long attempts(String subject, String status) throws SQLException {
    try (var statement = connection.prepareStatement("SELECT count(*) FROM job_attempts a JOIN jobs j ON j.id = a.job_id"
        + " WHERE j.namespace = ? AND j.subject = ? AND a.status = ?::attempt_status")) {
      statement.setString(1, namespace);
      statement.setString(2, subject);
      statement.setString(3, status);
      var rows = statement.executeQuery();
      rows.next();
      return rows.getLong(1);
    }
  }

  private long count(String sql) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setString(1, namespace);
      var rows = statement.executeQuery();
      rows.next();
      return rows.getLong(1);
    }
  }

  private boolean cited(Path digest) throws IOException, SQLException {
    if (!Files.exists(digest)) {
      return false;
    }
    var claims = 0;
    for (var line : Files.readAllLines(digest)) {
      if (!line.startsWith("- ")) {
        continue;
      }
      var citation = CITATION.matcher(line);
      if (!citation.find() || !exists(citation.group(1).equals("job") ? "jobs" : "events", citation.group(2))) {
        return false;
      }
      claims++;
    }
    return claims > 0;
  }

  private boolean exists(String view, String id) throws SQLException {
    try (var statement = connection.prepareStatement("SELECT count(*) FROM " + view + " WHERE id = ? AND namespace = ?")) {
      statement.setObject(1, UUID.fromString(id));
      statement.setString(2, namespace);
      var rows = statement.executeQuery();
      rows.next();
      return rows.getLong(1) == 1;
    }
  }
}
