package io.agentbus.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.app.Commands;
import io.agentbus.op.Effect;
import io.agentbus.op.Operation;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Every operation refuses what is wrong with the same code through every door, and leaves the database as it was. */
@Timeout(120)
class RefusalsTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  @TempDir
  static Path home;
  /** Refusals that tell who tried what. Others say what is wrong with a call, who is not known, or what there is too much of. */
  private static final Set<ProblemCode> JOURNALLED = Set.of(ProblemCode.FORBIDDEN, ProblemCode.NOT_FOUND, ProblemCode.LEASE_LOST,
      ProblemCode.INVALID_TRANSITION, ProblemCode.DUPLICATE_CONFLICT);
  private static World world;
  private static Tables tables;
  private static RestCalls uniform;
  private static RestCalls own;
  private static McpCalls mcp;
  private static McpCalls session;
  private static BusCalls onTheBus;
  private static BridgeCalls bridge;

  @BeforeAll
  static void open() throws Exception {
    world = new World(DATABASE);
    tables = new Tables(DATABASE);
    uniform = new RestCalls(world.web.server.baseUrl(), false);
    own = new RestCalls(world.web.server.baseUrl(), true);
    mcp = new McpCalls(world.web.server.baseUrl(), false);
    session = new McpCalls(world.web.server.baseUrl(), true);
    onTheBus = new BusCalls(world.bus.vertx());
    bridge = new BridgeCalls(world.bridge.port());
  }

  @AfterAll
  static void close() throws Exception {
    uniform.close();
    own.close();
    mcp.close();
    session.close();
    bridge.close();
    tables.close();
    world.close();
  }

  @TestFactory
  Stream<DynamicTest> every_operation_refuses_alike_through_every_door_and_changes_nothing() {
    return Commands.operations().stream().map(operation -> DynamicTest.dynamicTest(operation.name(), () -> assertRefusals(operation)));
  }

  @Test
  void ten_processes_refuse_as_the_doors_of_this_one_do() throws Exception {
    var door = new CommandLines(world.web.server.baseUrl(), home, true);
    var kinds = new HashSet<String>();
    var failures = new ArrayList<String>();
    var count = 0;
    for (var name : List.of("fail_job", "enqueue_job", "cancel_job")) {
      var operation = Commands.operations().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
      var refusals = Refusals.of(world, operation, world.sample(operation));
      var before = tables.checksums();
      for (var refusal : refusals) {
        var kind = refusal.why().split(" ")[0] + " " + refusal.why().split(" ")[1] + " " + refusal.code();
        if (count < 10 && door.canSay(operation, refusal) && kinds.add(kind)) {
          count++;
          before = check(List.of(door), operation, refusal, before, failures);
        }
      }
    }
    assertThat(failures).isEmpty();
    assertThat(count).isEqualTo(10);
  }

  private static void assertRefusals(Operation<?, ?, ?> operation) throws Exception {
    var sample = world.sample(operation);
    var doors = List.of(uniform, own, mcp, session, onTheBus, bridge, new CommandLines(world.web.server.baseUrl(), home, false));
    var failures = new ArrayList<String>();
    var before = tables.checksums();
    for (var refusal : Refusals.of(world, operation, sample)) {
      before = check(doors.stream().filter(door -> door.canSay(operation, refusal)).toList(), operation, refusal, before, failures);
    }
    assertThat(failures).as(String.join("\n", failures)).isEmpty();
    // Only what was spoiled may have been the reason.
    var taken = uniform.call(operation, new Ask(sample.token(), sample.input(), ""));
    assertThat(taken.code()).as(taken.body().toString()).isEmpty();
    assertThat(taken.refused()).as(taken.body().toString()).isFalse();
  }

  /** Makes one call through each door and notes what is not as it should be; answers the state after all of them. */
  private static Map<String, String> check(List<? extends Door> doors, Operation<?, ?, ?> operation, Refusal refusal, Map<String, String> before,
      List<String> failures) throws Exception {
    for (var door : doors) {
      check(door, operation, refusal, failures);
    }
    // Of all tables, so that it is looked at once for the doors together.
    var after = tables.checksums();
    var difference = Tables.difference(before, after);
    if (!difference.isEmpty()) {
      failures.add(operation.name() + " by one of " + doors.stream().map(Door::name).toList() + ": " + refusal + ": changed " + difference);
    }
    return after;
  }

  private static void check(Door door, Operation<?, ?, ?> operation, Refusal refusal, List<String> failures) throws Exception {
    var where = operation.name() + " by " + door.name() + ": " + refusal + ": ";
    var answer = door.call(operation, refusal.ask());
    var expected = operation.effect() != Effect.READ && JOURNALLED.contains(refusal.code())
        // Where each of many is judged alone, each is an attempt of its own.
        ? List.of((answer.judgesAlone() ? operation.name().replaceFirst("s$", "") : operation.name()) + " " + refusal.code().wire()) : List.of();
    var noted = tables.newRefusals();
    if (!noted.equals(expected)) {
      failures.add(where + "the journal should tell " + expected + ", but tells " + noted);
    }
    if (!answer.tells(refusal.code(), door.status(refusal.code()))) {
      failures.add(where + "expected " + refusal.code() + " " + door.status(refusal.code()) + ", got " + answer.status() + " "
          + answer.body());
    } else if (!answer.body().toString().contains(refusal.hint()) && !answer.body().toString().contains(door.field(refusal.hint()))) {
      failures.add(where + "'" + refusal.hint() + "' is not named in " + answer.body());
    }
  }
}
