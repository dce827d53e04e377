package io.agentbus.sim;

import io.agentbus.testkit.PgDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The long version of ClaimersTest with nodes that are processes and die by kill -9. */
@Tag("chaos")
@Timeout(1_200)
class KilledNodesChaosTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();

  @Test
  void twenty_thousand_jobs_end_once_while_nodes_are_killed(@TempDir Path folder) {
    new ClaimersRun(DATABASE).inProcesses(Integer.getInteger("sim.jobs", 20_000), folder);
  }
}
