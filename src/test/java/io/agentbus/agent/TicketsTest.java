package io.agentbus.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class TicketsTest {
  @RegisterExtension
  static final PgDatabase database = new PgDatabase();
  private TestBus bus;
  private String name;
  private Caller agent;

  @BeforeEach
  void open() {
    bus = TestBus.open(database);
    name = "devops" + UUID.randomUUID();
    agent = bus.agent("acme", name, 0);
  }

  @AfterEach
  void close() {
    bus.close();
  }

  private String ticket() {
    return bus.call(agent, "create_ticket", "{}").get("ticket").asText();
  }

  private Caller redeem(String ticket) {
    return bus.await(() -> bus.bus().authenticator().redeem(ticket));
  }

  private ProblemCode refusal(String ticket) {
    try {
      redeem(ticket);
      return null;
    } catch (ProblemException refused) {
      return refused.code();
    }
  }

  private void execute(String sql) throws Exception {
    try (var connection = database.connect(); var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void a_ticket_is_its_token_once() {
    var ticket = ticket();
    assertThat(redeem(ticket)).isEqualTo(agent);
    assertThat(refusal(ticket)).isEqualTo(ProblemCode.UNAUTHENTICATED);
  }

  @Test
  void of_many_who_bring_the_same_ticket_one_gets_in() throws Exception {
    var ticket = ticket();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var tries = new ArrayList<Future<ProblemCode>>();
      for (var i = 0; i < 10; i++) {
        tries.add(threads.submit(() -> refusal(ticket)));
      }
      var codes = new ArrayList<ProblemCode>();
      for (var one : tries) {
        codes.add(one.get());
      }
      assertThat(codes).containsOnlyOnce((ProblemCode) null).hasSize(10);
    }
  }

  @Test
  void another_node_takes_it_too() {
    var ticket = ticket();
    try (var other = TestBus.open(database)) {
      assertThat(other.await(() -> other.bus().authenticator().redeem(ticket))).isEqualTo(agent);
    }
    assertThat(refusal(ticket)).isEqualTo(ProblemCode.UNAUTHENTICATED);
  }

  @Test
  void an_expired_one_a_made_up_one_and_a_token_open_nothing() throws Exception {
    var ticket = ticket();
    execute("UPDATE agentbus.tickets SET expires_at = now()");
    assertThat(refusal(ticket)).isEqualTo(ProblemCode.UNAUTHENTICATED);
    assertThat(refusal("abt_" + "x".repeat(43))).isEqualTo(ProblemCode.UNAUTHENTICATED);
    assertThat(refusal("aba_" + "x".repeat(43))).isEqualTo(ProblemCode.UNAUTHENTICATED);
  }

  @Test
  void a_ticket_is_no_token() {
    var ticket = ticket();
    assertThatThrownBy(() -> bus.await(() -> bus.bus().authenticator().authenticate(ticket))).isInstanceOf(ProblemException.class);
    assertThat(redeem(ticket)).isEqualTo(agent);
  }

  @Test
  void it_ends_with_its_token() {
    var ticket = ticket();
    bus.call(TestBus.operator(), "revoke_agent_token", "{\"agent\": \"" + name + "\", \"namespace\": \"acme\"}");
    assertThat(refusal(ticket)).isEqualTo(ProblemCode.UNAUTHENTICATED);
    assertThat(bus.code(agent, "create_ticket", "{}")).isEqualTo(ProblemCode.UNAUTHENTICATED);
    assertThatThrownBy(() -> bus.await(() -> bus.bus().authenticator().renewed(agent))).isInstanceOf(ProblemException.class);
  }

  @Test
  void a_token_has_only_so_many_and_used_or_expired_ones_make_room() throws Exception {
    var tickets = new ArrayList<>(List.of(ticket()));
    while (tickets.size() < Tickets.MOST) {
      tickets.add(ticket());
    }
    assertThat(bus.code(agent, "create_ticket", "{}")).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
    redeem(tickets.getFirst());
    ticket();
    assertThat(bus.code(agent, "create_ticket", "{}")).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
    execute("UPDATE agentbus.tickets SET expires_at = now()");
    ticket();
    ticket();
    ticket();
    try (var connection = database.connect();
        var rows = connection.createStatement().executeQuery("SELECT count(*) FROM agentbus.tickets WHERE expires_at <= now()")) {
      rows.next();
      assertThat(rows.getInt(1)).as("expired ones that are still kept").isZero();
    }
  }

  @Test
  void nobody_without_a_token_gets_one() {
    assertThat(bus.code(Caller.anonymous(), "create_ticket", "{}")).isEqualTo(ProblemCode.UNAUTHENTICATED);
    var unheard = new Caller(UUID.randomUUID(), "x", null, List.of(), java.util.Set.of());
    assertThat(bus.code(unheard, "create_ticket", "{}")).isEqualTo(ProblemCode.UNAUTHENTICATED);
  }
}
