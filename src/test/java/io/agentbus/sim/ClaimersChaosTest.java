package io.agentbus.sim;

import io.agentbus.testkit.PgDatabase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The long version of ClaimersTest. */
@Tag("chaos")
@Timeout(900)
class ClaimersChaosTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();

  @Test
  void twenty_thousand_jobs_end_once_while_nodes_are_cut_off_and_killed() {
    new ClaimersRun(DATABASE).inOneProcess(20_000);
  }
}
