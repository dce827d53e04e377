package io.agentbus.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Claims whose client leaves while the database hands them a job: no lease is left of them. */
@Timeout(90)
class UnheardClaimTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final Duration SOON = Duration.ofSeconds(20);
  private static McpNode node;
  private static int count;
  private final Caller root = TestBus.operator();
  private String name;
  private McpClient client;

  @BeforeAll
  static void open() {
    node = new McpNode(DATABASE);
  }

  @AfterAll
  static void close() throws Exception {
    node.close();
  }

  @BeforeEach
  void register() {
    name = "leaver" + ++count;
    client = node.agent(name);
  }

  @AfterEach
  void leave() {
    client.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 40})
  void a_cancelled_claim_gives_back_what_it_was_handed_meanwhile(int seconds) throws Exception {
    client.initialize("2025-11-25");
    var job = enqueue();
    try (var held = hold()) {
      client.callLater(9, "tools/call", claim("'wait_seconds': " + seconds));
      awaitClaim(held);
      client.tell("notifications/cancelled", "{'requestId': 9}");
    }
    assertGivenBack(job);
  }

  @Test
  void a_session_that_ends_gives_back_what_it_was_handed_meanwhile() throws Exception {
    client.initialize("2025-11-25");
    var job = enqueue();
    try (var held = hold()) {
      client.callLater(9, "tools/call", claim("'wait_seconds': 40"));
      awaitClaim(held);
      assertThat(client.send(client.bare("DELETE").build()).status()).isEqualTo(204);
    }
    assertGivenBack(job);
  }

  @Test
  void a_closed_stream_gives_back_what_it_was_handed_meanwhile() throws Exception {
    var job = enqueue();
    try (var held = hold()) {
      client.sendLater(client.modernRequest("tools/call", claim("'wait_seconds': 40"), Map.of()));
      awaitClaim(held);
      client.close();
      await().atMost(SOON).until(() -> node.web.server.openConnections() == 0);
    }
    assertGivenBack(job);
  }

  @Test
  void a_claim_that_is_repeated_by_its_id_takes_nothing_from_who_works_on_it_already() throws Exception {
    client.initialize("2025-11-25");
    var job = enqueue();
    var claim = claim("'claim_id': '0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42'");
    assertThat(client.call("tools/call", claim).result().at("/structuredContent/jobs/0/id").asText()).isEqualTo(job);
    try (var held = hold("LOCK TABLE agentbus.job_leases")) {
      client.callLater(9, "tools/call", claim);
      awaitClaim(held);
      client.tell("notifications/cancelled", "{'requestId': 9}");
    }
    assertThat(client.call("tools/call", claim).result().at("/structuredContent/jobs/0/id").asText()).isEqualTo(job);
    assertThat(timeline(job)).doesNotContain("nobody waited");
  }

  private String enqueue() {
    return node.bus.call(root, "enqueue_job", "{\"subject\": \"s\", \"target_agent\": \"" + name + "\"}").get("id").asText();
  }

  private static String claim(String arguments) {
    return "{'name': 'claim_jobs', 'arguments': {" + arguments + "}}";
  }

  /** Lets no claim of the agent go on until closed. */
  private Connection hold() throws SQLException {
    return hold("SELECT FROM agentbus.agents WHERE name = '" + name + "' FOR NO KEY UPDATE");
  }

  private static Connection hold(String lock) throws SQLException {
    var connection = DATABASE.connect();
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.execute(lock);
    }
    return connection;
  }

  private static void awaitClaim(Connection connection) {
    await().atMost(SOON).until(() -> {
      try (var statement = connection.createStatement(); var rows = statement.executeQuery("SELECT count(*) FROM pg_locks"
          + " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))")) {
        rows.next();
        return rows.getInt(1) > 0;
      }
    });
  }

  private String status(String job) {
    return node.bus.call(root, "get_job", "{\"job_id\": \"" + job + "\"}").get("status").asText();
  }

  private String timeline(String job) {
    return node.bus.call(root, "job_timeline", "{\"job_id\": \"" + job + "\"}").toString();
  }

  private void assertGivenBack(String job) {
    await().atMost(SOON).until(() -> timeline(job).contains("nobody waited"));
    assertThat(status(job)).isEqualTo("queued");
  }
}
