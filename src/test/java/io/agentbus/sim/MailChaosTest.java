package io.agentbus.sim;

import io.agentbus.testkit.PgDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The long version of MailTest with nodes that are processes and die by kill -9. */
@Tag("chaos")
@Timeout(1_200)
class MailChaosTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();

  @Test
  void a_hundred_thousand_messages_to_a_hundred_agents_are_all_read_while_nodes_are_killed(@TempDir Path folder) {
    new MailRun(DATABASE).inProcesses(Integer.getInteger("sim.messages", 100_000), 100, folder);
  }
}
