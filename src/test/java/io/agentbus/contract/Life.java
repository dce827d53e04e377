package io.agentbus.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.app.Commands;
import io.agentbus.op.Operation;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.Truth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One telling of a promise through one door, in a namespace of its own. Everybody in it calls through that door; what they are answered is
 * kept, in words that do not depend on the telling. Time passes only when the test says so.
 */
final class Life {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Map<String, Operation<?, ?, ?>> OPERATIONS = Commands.operations().stream()
      .collect(Collectors.toMap(Operation::name, Function.identity()));
  private final World world;
  private final Door door;
  private final Truth truth;
  private final Wording wording;
  private final List<String> answers = new ArrayList<>();

  /** The wall around all that the test does. */
  final String namespace;
  /** May do everything within it. */
  final Party operator;
  /** An agent that may hold any number of jobs. */
  final Party worker;

  Life(World world, Door door) {
    this.world = world;
    this.door = door;
    this.truth = new Truth(world.url);
    var number = COUNT.incrementAndGet();
    this.namespace = "life/n" + number;
    // Of tokens there is one of a name.
    var name = "operator-" + number;
    this.wording = new Wording(Map.of(namespace, "<namespace>", name, "operator"));
    this.operator = new Party(this, "operator", world.token(name, namespace, null));
    this.worker = agent("worker", "'concurrency': 0");
  }

  /** A further agent. @param more fields of {@code register_agent} */
  Party agent(String name, String more) {
    return new Party(this, name, world.register(namespace, name, more));
  }

  String door() {
    return door.name();
  }

  /** Every answer so far, as it would be in any other telling. */
  List<String> answers() {
    return answers;
  }

  Answer ask(Party party, String operation, String input, String key) {
    try {
      var answer = door.call(OPERATIONS.get(operation), new Ask(party.token(), World.json(input), key));
      answers.add(party.name() + " " + operation + (answer.refused() ? " refused" : "") + "\n" + wording.of(answer));
      return answer;
    } catch (Exception e) {
      throw new AssertionError(operation + " by " + door.name() + ": " + input, e);
    }
  }

  int status(ProblemCode code) {
    return door.status(code);
  }

  /** A job for the agent {@code worker} that comes from elsewhere, while somebody waits at the door. */
  void enqueueAside() {
    world.enqueue(namespace, "worker", 100);
  }

  /** A job behind another's walls. */
  String elsewhere() {
    return world.enqueue(World.OUTSIDE, "elsewhere", 1);
  }

  /** The lease of a job ended an hour ago, and nobody noticed. */
  void leaseEnds(JsonNode job) {
    pass("UPDATE job_leases SET leased_until = now() - interval '1 hour', sweep_at = now() - interval '1 hour' WHERE id = ?::uuid", job);
  }

  /** The attempt at a job has lasted longer than it may, and nobody noticed. */
  void timeRunsOut(JsonNode job) {
    pass("UPDATE job_leases SET timeout_at = now() - interval '1 hour', sweep_at = now() - interval '1 hour' WHERE id = ?::uuid", job);
  }

  /** A job that was for later became due, and the bus noticed. */
  void becomesDue(JsonNode job) {
    pass("WITH f AS (UPDATE job_facts SET run_after = now() - interval '1 second' WHERE id = ?::uuid RETURNING id, run_after)"
        + " UPDATE job_scheduled s SET run_after = f.run_after FROM f WHERE s.id = f.id", job);
    world.bus.await(() -> world.bus.bus().sweeps().moveDue(100));
  }

  /** The review of a blocked job became due, and the bus noticed. */
  void reviewComes(JsonNode job) {
    pass("UPDATE job_blocked SET review_at = now() - interval '1 second' WHERE id = ?::uuid", job);
    world.bus.await(() -> world.bus.bus().sweeps().review(100));
  }

  /** The worker was heard of, and that is known everywhere. */
  void workerShowsUp() {
    worker.call("agent_heartbeat", "{}");
    world.bus.await(() -> {
      world.bus.bus().presence().flush();
      return true;
    });
  }

  /** All that was stated and journalled so far has its place. */
  void order() {
    world.bus.await(() -> world.bus.bus().sequencer().run());
  }

  private void pass(String change, JsonNode job) {
    if (truth.update(change, job.get("id").asText()) != 1) {
      throw new AssertionError("no time can pass for " + job);
    }
  }

  void close() throws Exception {
    if (door instanceof BridgeCalls bridge) {
      bridge.hangUp();
    }
  }
}
