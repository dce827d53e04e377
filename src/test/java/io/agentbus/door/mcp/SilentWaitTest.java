package io.agentbus.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.crypto.StateSeal;
import io.agentbus.db.Database;
import io.agentbus.db.NamedQueries;
import io.agentbus.door.mcp.bus.BusContent;
import io.agentbus.door.mcp.legacy.Sessions;
import io.agentbus.door.mcp.wire.Callers;
import io.agentbus.http.Site;
import io.agentbus.http.TestServer;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Catalogue;
import io.agentbus.op.Effect;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.op.Route;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long an operation is let wait, seen by one that tells what it was asked for and does not wait. */
@Timeout(60)
class SilentWaitTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static TestBus bus;
  private static Database database;
  private static TestServer web;
  private static McpClient client;

  record Wait(@Field(value = "How long.", min = 0, limit = Limit.WAIT, def = "0") Integer waitSeconds) {}

  private static final Operation<SilentWaitTest, Wait, Wait> WAIT = new Operation<>("wait_here", "Waits.", Right.WORK,
      Effect.WRITE, Route.post("/waits"), SilentWaitTest.class, Wait.class, Wait.class, SilentWaitTest::told);

  private Wait told(Call call, Wait input) {
    return input;
  }

  @BeforeAll
  static void open() {
    bus = TestBus.open(DATABASE);
    database = Database.open(bus.vertx(), DATABASE.url(), 2, NamedQueries.load(List.of("idempotency", "refusal")));
    var catalogue = new Catalogue(database).bind(WAIT, new SilentWaitTest());
    var caller =
        new Caller(UUID.randomUUID(), "waiter", null, List.of(NamespacePath.DEFAULT), EnumSet.allOf(Right.class));
    var site = new Site();
    new McpDoor(new BusContent(catalogue, bus.bus().feed(), "test"), new Callers(exchange -> caller),
        StateSeal.ofProcess(Clock.systemUTC()), Sessions.Limits.DEFAULT).mount(site);
    web = new TestServer(site);
    client = new McpClient(web.server.baseUrl() + "/mcp?toolset=all", "any");
  }

  @AfterAll
  static void close() throws Exception {
    client.close();
    web.close();
    database.close();
    bus.close();
  }

  @ParameterizedTest
  @CsvSource({"0, '', 0", "45, '', 45", "46, '', 45", "60, '', 45", "60, ', ''_meta'': {''progressToken'': 1}', 60"})
  void without_progress_nothing_waits_for_longer_than_clients_are_patient(int asked, String meta, int let)
      throws Exception {
    var call = "{'name': 'wait_here', 'arguments': {'wait_seconds': " + asked + "}" + meta + "}";
    assertThat(client.modern("tools/call", call).result().at("/structuredContent/wait_seconds").asInt()).isEqualTo(let);
    client.initialize("2025-06-18");
    assertThat(client.call("tools/call", call).result().at("/structuredContent/wait_seconds").asInt()).isEqualTo(let);
  }
}
