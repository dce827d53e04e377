package io.agentbus.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.testkit.PgDatabase;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class BenchRunTest {
  @RegisterExtension static final PgDatabase database = PgDatabase.bare();
  private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());

  @Test
  void a_run_tells_every_row_of_its_process_with_its_ceiling(@TempDir Path folder) throws Exception {
    var report = new BenchRun(BenchPlan.TINY, NOWHERE, new BenchProcesses(folder)).on(database.url(), folder, Instant.EPOCH);

    var json = report.json();
    assertThat(json.get("run").get("plan").asText()).isEqualTo("tiny");
    assertThat(json.get("run").get("postgres").asText()).contains("shared_buffers");
    var rows = StreamSupport.stream(json.get("rows").spliterator(), false).toList();
    assertThat(rows).extracting(row -> row.get("id").asText()).contains("bare.enqueue_500", "bare.drain_1000", "local.enqueue", "local.drain",
        "local.drain_pinned", "local.drain_limited", "local.drain_history", "local.event_inbox_p99", "wal.after_checkpoint");
    assertThat(rows).allSatisfy(row -> assertThat(row.get("value").asDouble()).isPositive());
    var pinned = report.row("local.drain_pinned").orElseThrow();
    assertThat(pinned.ratio()).isEqualTo(pinned.value() / report.row("local.drain").orElseThrow().value());
    assertThat(report.text()).contains("in the process: drain, unlimited agents");
    assertThat(report.markdown()).contains("| in the process: drain, unlimited agents |");
  }

  @Test
  void a_node_and_its_load_are_processes_of_their_own(@TempDir Path folder) throws Exception {
    var report = new BenchReport(Map.of(), NOWHERE);
    try (var processes = new BenchProcesses(folder)) {
      var home = folder.resolve("node");
      var node = processes.node("node", home, List.of("--database-url", database.url()));
      var rows = new ProcessRows(BenchPlan.TINY, report, processes);
      rows.calls(node, home);
      rows.memory(node, "idle", "before any load");
      new HttpRows(BenchPlan.TINY, report, processes, node, home).all();
    }

    assertThat(report.json().get("rows")).extracting(row -> row.get("id").asText()).contains("cli.answer", "cli.help", "bare.http", "http.enqueue", "http.health",
        "http.enqueue_p99", "http.claim_complete", "http.cycle", "http.pickup_p50", "http.pickup_p99", "http.pickup_half_p99");
    assertThat(report.row("http.pickup_p50").orElseThrow().value()).isPositive();
    assertThat(report.row("http.claim_complete").orElseThrow().value()).isPositive();
  }

  @Test
  void a_node_in_a_cluster_stands_beside_one_by_itself(@TempDir Path folder) throws Exception {
    var report = new BenchReport(Map.of(), NOWHERE);
    try (var processes = new BenchProcesses(folder)) {
      new ProcessRows(BenchPlan.TINY, report, processes).startsInCluster(folder, database.url());
    }
    assertThat(report.row("start.clustered").orElseThrow().value()).isPositive();
    assertThat(report.row("memory.clustered").orElseThrow().value()).isGreaterThan(50);
  }

  @Test
  void a_value_is_the_median_and_a_promise_is_judged_by_it() {
    var row = BenchRow.of("a", "a", "ms", List.of(9.0, 1.0, 2.0)).atMost(2);
    assertThat(row.value()).isEqualTo(2);
    assertThat(row.kept()).isTrue();
    assertThat(row.under(BenchRow.of("b", "b", "ms", 4)).ratio()).isEqualTo(0.5);
    assertThat(row.ratioAtLeast(0.9).kept()).isNull();
    assertThat(Figures.percentileMillis(new long[] {3_000_000, 1_000_000, 2_000_000}, 0.5)).isEqualTo(2);
    assertThat(Figures.percentileMillis(new long[] {3_000_000, 1_000_000, 2_000_000}, 0.99)).isEqualTo(3);
  }
}
