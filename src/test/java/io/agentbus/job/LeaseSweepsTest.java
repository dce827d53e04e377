package io.agentbus.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What ran out is ended in the same way whoever ends it. */
@Timeout(60)
class LeaseSweepsTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static TestBus bus;
  private static int count;
  private final Caller operator = TestBus.operator();
  private Truth truth;
  private Caller agent;
  private String job;

  @BeforeAll
  static void open() {
    bus = TestBus.open(DATABASE);
  }

  @AfterAll
  static void close() {
    bus.close();
  }

  @BeforeEach
  void claimOne() {
    truth = new Truth(DATABASE.url());
    var name = "worker" + ++count;
    agent = bus.agent("default", name, 0);
    job = bus.call(operator, "enqueue_job", "{\"subject\": \"s\", \"target_agent\": \"" + name + "\"}").get("id").asText();
    assertThat(bus.call(agent, "claim_jobs", "{\"lease_seconds\": 60}").get("jobs")).hasSize(1);
  }

  @Test
  void an_operators_requeue_does_not_charge_a_lease_with_time_in_which_no_node_served() throws SQLException {
    // A minute's lease taken two minutes ago; the bus was last served ten seconds after that.
    pretend("leased_at - interval '2 minutes'", "interval '110 seconds'");
    var swept = bus.call(operator, "requeue_expired", "{}");
    assertThat(swept.get("requeued")).isEmpty();
    assertThat(swept.get("dead")).isEmpty();
    assertThat(truth.status(job)).isEqualTo("leased");
    assertThat(truth.holds("(SELECT leased_until > now() FROM job_leases WHERE id = ?::uuid)", job)).isTrue();
  }

  @Test
  void an_operators_requeue_charges_the_attempt_as_the_sweeper_does() throws SQLException {
    pretend("leased_at - interval '2 minutes'", "interval '0 seconds'");
    var swept = bus.call(operator, "requeue_expired", "{}");
    assertThat(swept.get("requeued")).hasSize(1);
    var byOperator = closing(job);

    claimOne();
    pretend("leased_at - interval '2 minutes'", "interval '0 seconds'");
    bus.await(() -> bus.bus().sweeps().expire(100));
    assertThat(closing(job)).isEqualTo(byOperator).isEqualTo("timed_out counted 1 queued sweep the lease ended and was not renewed");
  }

  private String closing(String id) {
    return truth.one("SELECT attempt_status || CASE WHEN counted THEN ' counted ' ELSE ' uncounted ' END || attempt || ' ' || job_status || ' ' || verb "
        + "|| ' ' || error FROM job_closings WHERE id = ?::uuid", id);
  }

  /** Makes the lease old, and the bus last served so long ago. */
  private void pretend(String leasedAt, String unserved) throws SQLException {
    try (var connection = truth.connect(); var statement = connection.createStatement()) {
      statement.execute("UPDATE job_leases SET leased_at = " + leasedAt + ", leased_until = leased_until - interval '2 minutes', "
          + "sweep_at = sweep_at - interval '2 minutes' WHERE id = '" + job + "'");
      statement.execute("UPDATE served_clock SET last_served = now() - " + unserved);
    }
  }
}
