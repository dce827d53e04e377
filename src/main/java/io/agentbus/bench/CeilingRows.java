package io.agentbus.bench;

import io.agentbus.bench.LocalRows.Step;
import io.agentbus.db.JdbcUrl;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** What the same server reaches without the bus: rows of pgbench, and the bus's own statements in a bare loop. */
final class CeilingRows {
  private static final String SETUP = """
      CREATE TABLE bench_inserts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload text NOT NULL);
      CREATE TABLE bench_jobs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL DEFAULT 'queued', payload text NOT NULL)
        WITH (fillfactor = 80);
      CREATE INDEX bench_jobs_queued ON bench_jobs (id) WHERE status = 'queued';
      INSERT INTO bench_jobs (payload) SELECT repeat('x', 200) FROM generate_series(1, %d);
      VACUUM ANALYZE bench_jobs;
      """;
  private static final String INSERT = "INSERT INTO bench_inserts (payload) VALUES (repeat('x', 200));\n";
  /** Two commits a job, as with single claims: one takes it, one ends it. */
  private static final String CLAIM_AND_COMPLETE = """
      UPDATE bench_jobs SET status = 'leased'
        WHERE id = (SELECT id FROM bench_jobs WHERE status = 'queued' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id AS job \\gset
      UPDATE bench_jobs SET status = 'succeeded' WHERE id = :job;
      """;
  private static final int PICK_UPS = 200;
  private static final int JOBS_A_SECOND = 25_000;
  private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+)");

  private final BenchPlan plan;
  private final BenchReport report;
  private final String url;
  private final Path folder;
  private final String shown;
  private final String password;

  /** @param folder where scripts go */
  CeilingRows(BenchPlan plan, BenchReport report, String url, Path folder) {
    this.plan = plan;
    this.report = report;
    this.url = url;
    this.folder = folder;
    // The password goes by the environment: everybody on the machine can read a command line.
    var given = URI.create(url);
    this.password = JdbcUrl.of(url).password();
    var authority = given.getRawAuthority();
    var user = given.getRawUserInfo() == null ? "" : given.getRawUserInfo().split(":", 2)[0] + "@";
    this.shown = given.getScheme() + "://" + user + authority.substring(authority.lastIndexOf('@') + 1) + given.getRawPath()
        + (given.getRawQuery() == null ? "" : "?" + given.getRawQuery());
  }

  /** Rates of single-row transactions; leaves a note when pgbench is not installed. */
  void pgbench() throws IOException, InterruptedException {
    if (!installed()) {
      report.note("pgbench and psql are not on the PATH: the ceilings of single-row transactions are missing.");
      return;
    }
    run(List.of("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", shown, "-f",
        file("setup.sql", SETUP.formatted(JOBS_A_SECOND * plan.ceilingSeconds() * plan.repeats()))));
    rate("pgbench.insert", "pgbench: insert one row, 8 clients", INSERT, 8);
    rate("pgbench.claim_complete", "pgbench: claim one, complete one, 16 clients", CLAIM_AND_COMPLETE, 16);
  }

  private void rate(String id, String name, String script, int clients) throws IOException, InterruptedException {
    var file = file(id + ".sql", script);
    var samples = new ArrayList<Double>();
    for (var i = 0; i < plan.repeats(); i++) {
      var said = run(List.of("pgbench", "-n", "-M", "prepared", "-c", Integer.toString(clients), "-j", "2", "-T",
          Integer.toString(plan.ceilingSeconds()), "-f", file, shown));
      var found = TPS.matcher(said);
      if (!found.find()) {
        throw new IOException("pgbench told no rate: " + said);
      }
      samples.add(Double.parseDouble(found.group(1)));
    }
    report.add(BenchRow.of(id, name, "jobs/s", samples));
  }

  /** Rates of the statements of the hot path in a loop over one connection. @param agent registered, without a limit */
  void bare(Vertx vertx, String agent) throws SQLException {
    try (var loop = new BareLoop(vertx, url, agent)) {
      loop.enqueue(plan.jobs() / 4, 1_000);
      loop.drain(plan.jobs() / 4, 1_000);
      for (var batch : List.of(500, 1_000)) {
        bare(batch, () -> loop.enqueue(plan.jobs(), batch), () -> loop.drain(plan.jobs(), batch));
      }
      loop.pickUps(PICK_UPS);
      var nanos = loop.pickUps(PICK_UPS);
      report.add(BenchRow.of("bare.pickup_p50", "bare statements: enqueue one, then claim it, p50", "ms", Figures.percentileMillis(nanos, 0.5)));
      report.add(BenchRow.of("bare.pickup_p99", "bare statements: enqueue one, then claim it, p99", "ms", Figures.percentileMillis(nanos, 0.99)));
    }
  }

  private void bare(int batch, Step enqueue, Step drain) {
    var in = new ArrayList<Double>();
    var out = new ArrayList<Double>();
    for (var i = 0; i < plan.repeats(); i++) {
      in.add(LocalRows.rate(plan.jobs(), enqueue));
      out.add(LocalRows.rate(plan.jobs(), drain));
    }
    report.add(BenchRow.of("bare.enqueue_" + batch, "bare statements: enqueue, batches of " + batch, "jobs/s", in));
    report.add(BenchRow.of("bare.drain_" + batch, "bare statements: claim and complete, batches of " + batch, "jobs/s", out));
  }

  private boolean installed() throws InterruptedException {
    try {
      return run(List.of("pgbench", "--version")).contains("pgbench") && run(List.of("psql", "--version")).contains("psql");
    } catch (IOException absent) {
      return false;
    }
  }

  private String file(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String run(List<String> command) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PGPASSWORD", password);
    var process = builder.start();
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(command.getFirst() + " failed: " + said);
    }
    return said;
  }
}
