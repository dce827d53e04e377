package io.agentbus.sim;

import io.agentbus.testkit.PgDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The promises of leases, limits and fences under load and faults. */
@Timeout(120)
class ClaimersTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();

  @Test
  void five_thousand_jobs_end_once_while_nodes_are_cut_off_and_killed() {
    new ClaimersRun(DATABASE).inOneProcess(5_000);
  }
}
