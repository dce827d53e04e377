package io.agentbus.sim;

import io.agentbus.testkit.PgDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The promises of inboxes under load and faults. */
@Timeout(120)
class MailTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();

  @Test
  void five_thousand_messages_are_read_and_acknowledged_while_nodes_are_cut_off_and_killed() {
    new MailRun(DATABASE).inOneProcess(5_000, 20);
  }
}
