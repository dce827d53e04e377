package io.agentbus.insight;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a check of the journal tells to whom. */
@Timeout(60)
class VerifyJournalTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final String OWN = "JOIN namespaces n ON n.id = v.namespace_id WHERE (n.path = 'acme' OR starts_with(n.path, 'acme/')) AND v.position ";
  private static TestBus bus;
  private static Caller agent;
  private static Truth truth;
  private static int sealedTo;

  /** Rows of two tenants, mixed, of which the last are not sealed. */
  @BeforeAll
  static void fill() {
    bus = TestBus.open(DATABASE);
    truth = new Truth(DATABASE.url());
    agent = bus.agent("acme", "worker", 0);
    enqueue("acme", 2);
    enqueue("globex", 5);
    seal();
    enqueue("acme/team", 1);
    seal();
    enqueue("globex", 3);
    seal();
    sealedTo = truth.count("SELECT max(to_position) FROM journal_seals");
    enqueue("globex", 4);
    enqueue("acme", 2);
    enqueue("globex", 1);
    bus.await(() -> bus.bus().sequencer().run());
  }

  @AfterAll
  static void close() {
    bus.close();
  }

  private static void seal() {
    bus.await(() -> {
      bus.bus().sequencer().run();
      while (bus.bus().sealer(2_048).run() > 0) {
        continue;
      }
      return null;
    });
  }

  private static void enqueue(String namespace, int jobs) {
    for (var i = 0; i < jobs; i++) {
      bus.call(TestBus.operator(), "enqueue_job", "{\"subject\": \"s\", \"namespace\": \"" + namespace + "\"}");
    }
  }

  @Test
  void an_agent_is_told_the_figures_of_its_namespaces_alone() {
    var found = verify(agent, "{}");
    assertThat(found.get("ok").asBoolean()).isTrue();
    assertThat(found.get("checked").asInt()).isEqualTo(truth.count("SELECT count(*) FROM journal_positioned v " + OWN + "<= ?", sealedTo));
    assertThat(found.get("sealed_to").asInt()).isEqualTo(truth.count("SELECT max(v.position) FROM journal_positioned v " + OWN + "<= ?", sealedTo))
        .isLessThan(sealedTo);
    assertThat(found.get("exported_to").asInt()).isEqualTo(found.get("sealed_to").asInt());
    assertThat(found.at("/unsealed/rows").asInt()).isEqualTo(2);
    assertThat(found.at("/unsealed/from").asInt()).isEqualTo(truth.count("SELECT min(v.position) FROM journal_positioned v " + OWN + "> ?", sealedTo));
    assertThat(found.at("/unsealed/to").asInt()).isEqualTo(truth.count("SELECT max(v.position) FROM journal_positioned v " + OWN + "> ?", sealedTo));
  }

  @Test
  void an_operator_within_walls_is_told_no_more_than_those_hold_and_one_without_is_told_all() {
    assertThat(verify(TestBus.operatorOf("acme"), "{}").get("checked")).isEqualTo(verify(agent, "{}").get("checked"));
    var none = verify(TestBus.operatorOf("nowhere"), "{}");
    assertThat(none.get("checked").asInt()).isZero();
    assertThat(none.get("sealed_to").asInt()).isZero();
    assertThat(none.get("exported_to").isNull()).isTrue();
    assertThat(none.at("/unsealed/rows").asInt()).isZero();
    assertThat(none.at("/unsealed/from").isNull()).isTrue();
    var all = verify(TestBus.operator(), "{}");
    assertThat(all.get("checked").asInt()).isEqualTo(sealedTo);
    assertThat(all.get("sealed_to").asInt()).isEqualTo(sealedTo);
    assertThat(all.at("/unsealed/rows").asInt()).isEqualTo(7);
  }

  @Test
  void a_check_in_pieces_adds_up_to_the_whole() {
    var checked = 0;
    JsonNode next = null;
    do {
      var piece = verify(agent, "{\"limit\": 4" + (next == null ? "" : ", \"from_position\": " + next) + "}");
      checked += piece.get("checked").asInt();
      next = piece.get("next_position");
    } while (!next.isNull());
    assertThat(checked).isEqualTo(verify(agent, "{}").get("checked").asInt());
  }

  @Test
  void every_caller_hears_that_the_journal_is_not_whole() throws SQLException {
    try (var connection = truth.connect(); var statement = connection.createStatement()) {
      var row = "WHERE id = (SELECT v.id FROM journal_positioned v JOIN namespaces n ON n.id = v.namespace_id WHERE n.path = 'globex' ORDER BY 1 LIMIT 1)";
      statement.execute("UPDATE journal SET actor = actor || '!' " + row);
      try {
        assertThat(verify(agent, "{}").get("ok").asBoolean()).isFalse();
      } finally {
        statement.execute("UPDATE journal SET actor = rtrim(actor, '!') " + row);
      }
    }
    assertThat(verify(agent, "{}").get("ok").asBoolean()).isTrue();
  }

  private static JsonNode verify(Caller caller, String input) {
    return bus.call(caller, "verify_journal", input);
  }
}
