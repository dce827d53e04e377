package io.agentbus.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.client.CallFailed;
import io.agentbus.db.JdbcUrl;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Measures the host, the database, the build and the disk with the programs of this machine. */
final class Devops {
  /** How long the disk is measured: long enough to be killed in the middle of it. */
  private static final Duration DISK_TIME = Duration.ofSeconds(4);

  private final DemoStep step;
  private final Path folder;

  Devops(DemoStep step) {
    this.step = step;
    this.folder = Path.of(step.payload().get("folder").asText());
  }

  void work() throws CallFailed, IOException, InterruptedException, SQLException {
    switch (step.payload().get("what").asText()) {
      case "host" -> host();
      case "database" -> database();
      case "build" -> build();
      case "disk" -> disk();
      case "release" -> review();
      default -> throw new IllegalArgumentException("devops does not measure '" + step.payload().get("what").asText() + "'");
    }
  }

  private void host() throws CallFailed, IOException, InterruptedException {
    var kernel = DemoStep.run("uname", "-srm");
    var processors = Integer.parseInt(DemoStep.run("getconf", "_NPROCESSORS_ONLN"));
    var load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    var result = DemoStep.object().put("kernel", kernel).put("processors", processors).put("load", load);
    checked(result, String.format(Locale.ROOT, "host: %s, %d processors, load %.2f", kernel, processors, load));
  }

  private void database() throws CallFailed, IOException, SQLException {
    var url = Files.readString(Path.of(System.getenv("DEMO_DATABASE_URL_FILE"))).strip();
    try (var connection = JdbcUrl.of(url).connect(); var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT current_setting('server_version'), pg_database_size(current_database()),"
            + " current_setting('fsync'), (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database())")) {
      rows.next();
      var result = DemoStep.object().put("version", rows.getString(1)).put("bytes", rows.getLong(2)).put("fsync", rows.getString(3))
          .put("connections", rows.getInt(4));
      checked(result, String.format(Locale.ROOT, "database: Postgres %s, %.1f MB, fsync %s, %d connections", rows.getString(1),
          rows.getLong(2) / 1e6, rows.getString(3), rows.getInt(4)));
    }
  }

  /**
   * Keeps a checksum of the build as evidence. Its folder is not there at first: the program fails for that reason, and the job says so,
   * asks the coordinator for the folder in the same commit, and is tried again.
   */
  private void build() throws CallFailed, IOException, InterruptedException {
    var built = Path.of(step.payload().get("build").asText());
    var sum = DemoStep.run("cksum", built.toString());
    var kept = folder.resolve("evidence").resolve("build.cksum");
    var copy = Program.run("sh", "-c", "printf '%s\\n' \"$1\" > \"$2\"", "keep", sum, kept.toString());
    if (copy.exit() != 0) {
      var input = step.attempt().put("last_error", copy.output()).put("retry_seconds", 1);
      var help = input.putArray("follow_ups").addObject().put("target_agent", "coordinator").put("subject", "plan.rebalance").put("priority", 500);
      help.putObject("payload").put("folder", kept.getParent().toString()).put("because", copy.output());
      step.call("fail_job", input);
      return;
    }
    var result = DemoStep.object().put("file", built.getFileName().toString()).put("bytes", Files.size(built)).put("cksum", sum.split(" ")[0])
        .put("evidence", kept.toString());
    checked(result, "build: " + built.getFileName() + " has " + Files.size(built) + " bytes and checksum " + sum.split(" ")[0]);
  }

  /** Writes and syncs small files for a few seconds. Its worker is killed in the middle of the first try. */
  private void disk() throws CallFailed, IOException, InterruptedException {
    var progress = step.attempt();
    var parent = ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
    progress.putObject("progress").put("pid", ProcessHandle.current().pid()).put("parent", parent);
    step.call("report_progress", progress);
    var file = folder.resolve("disk-" + ProcessHandle.current().pid() + ".probe");
    var until = Instant.now().plus(DISK_TIME);
    var writes = 0;
    while (Instant.now().isBefore(until)) {
      DemoStep.run("dd", "if=/dev/zero", "of=" + file, "bs=65536", "count=16", "conv=fsync");
      writes++;
    }
    Files.deleteIfExists(file);
    var perSecond = writes / (double) DISK_TIME.toSeconds();
    var result = DemoStep.object().put("synced_writes", writes).put("per_second", perSecond).put("bytes_each", 1_048_576);
    checked(result, String.format(Locale.ROOT, "disk: %.1f synced writes of 1 MiB a second", perSecond));
  }

  /** Needs a decision that only the coordinator can make: blocked until it is stated, then done. */
  private void review() throws CallFailed, IOException {
    var decisions = step.call("list_events", DemoStep.object().put("topic", "decision.made").put("source_job_id", step.id())).get("items");
    if (decisions.isEmpty()) {
      var input = step.attempt().put("blocked_reason", "nobody has decided whether this build is to be deployed")
          .put("needs", "a decision.made event for this job").put("needs_from", "coordinator");
      var ask = input.putArray("follow_ups").addObject().put("target_agent", "coordinator").put("subject", "blocked.replan").put("priority", 500);
      ask.putObject("payload").put("job_id", step.id());
      step.call("block_job", input);
      return;
    }
    var decision = decisions.get(0);
    var result = DemoStep.object().put("decision", decision.get("payload").get("decision").asText()).put("event_id", decision.get("id").asText());
    checked(result, "release: " + decision.get("payload").get("decision").asText());
  }

  /** Completes the job and states what was found, in one commit. */
  private void checked(ObjectNode result, String summary) throws CallFailed {
    var input = step.attempt().put("summary", summary);
    input.set("result", result);
    input.putArray("events").addObject().put("topic", "infra.checked").set("payload", result);
    step.call("complete_job", input);
  }
}
