package io.agentbus.sim;

import io.agentbus.db.JdbcUrl;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.Right;
import io.agentbus.sim.JobModel.Who;
import io.agentbus.sim.JobModel.Worker;
import io.agentbus.sim.ModelJob.Target;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A namespace with agents of its own, in which one sequence after the other runs. Many lanes share a bus, so that calls of different
 * sequences meet in one batch and yet each sequence alone decides what it sees.
 */
final class Lane implements AutoCloseable {
  static final Target A = new Target("agent", "a");
  static final Target B = new Target("agent", "b");
  static final Target C = new Target("agent", "c");
  static final Target CAPABILITY = new Target("capability", "cap");
  /** An agent that nobody registered: its jobs stay in line. */
  static final Target NOBODY = new Target("agent", "nobody");
  static final List<Target> TARGETS = List.of(A, A, B, B, C, CAPABILITY, Target.ANY, NOBODY);
  static final List<Worker> WORKERS = List.of(
      new Worker("a", null, Set.of(A, Target.ANY)),
      new Worker("b", 1, Set.of(B, Target.ANY)),
      new Worker("c", 2, Set.of(C, CAPABILITY, Target.ANY)));

  static final Who WHO_A = agent("a", true);
  static final Who WHO_B = agent("b", true);
  static final Who WHO_C = agent("c", true);
  static final Who OUTSIDER = agent("o", false);
  static final Who OPERATOR = new Who("operator", false, true, Set.of("read", "ask", "work", "operate"));
  static final Who ASKER = new Who("asker", false, true, Set.of("read", "ask"));
  static final Who READER = new Who("reader", false, true, Set.of("read"));

  final String namespace;
  final TestBus bus;
  final Connection sql;
  private final Map<Who, Caller> callers = new LinkedHashMap<>();

  Lane(TestBus bus, PgDatabase database, String namespace) {
    this.bus = bus;
    this.namespace = namespace;
    try {
      sql = JdbcUrl.of(database.url()).connect();
      try (var statement = sql.createStatement()) {
        statement.execute("SET search_path TO agentbus");
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    callers.put(WHO_A, register(namespace, "a", 0, "[]"));
    callers.put(WHO_B, register(namespace, "b", 1, "[]"));
    callers.put(WHO_C, register(namespace, "c", 2, "[\"cap\"]"));
    callers.put(OUTSIDER, register(namespace + "-elsewhere", "o", 0, "[]"));
    for (var who : List.of(OPERATOR, ASKER, READER)) {
      var rights = who.rights().stream().map(right -> Right.valueOf(right.toUpperCase(java.util.Locale.ROOT))).collect(Collectors.toSet());
      callers.put(who, new Caller(UUID.randomUUID(), who.name(), null, List.of(new NamespacePath(namespace)), rights));
    }
    makeQueues();
  }

  Caller caller(Who who) {
    return Objects.requireNonNull(callers.get(who));
  }

  /** Who of the agents has this name. */
  static Who whoOf(String agent) {
    return switch (agent) {
      case "a" -> WHO_A;
      case "b" -> WHO_B;
      default -> WHO_C;
    };
  }

  @Override
  public void close() {
    try {
      sql.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Who agent(String name, boolean inside) {
    return new Who(name, true, inside, Set.of("read", "ask", "work"));
  }

  private Caller register(String home, String name, int concurrency, String capabilities) {
    var join = bus.call(TestBus.operator(), "create_join_token", "{\"namespace\": \"" + home + "\"}").get("join_token").asText();
    var registered = bus.call(Caller.anonymous(), "register_agent", "{\"join_token\": \"" + join + "\", \"name\": \"" + name
        + "\", \"concurrency\": " + concurrency + ", \"capabilities\": " + capabilities + "}");
    return bus.await(() -> bus.bus().authenticator().authenticate(registered.get("agent_token").asText()));
  }

  /** An agent may hear of a new line a second late; so the lines are made before a sequence counts on them. */
  private void makeQueues() {
    for (var target : Set.copyOf(TARGETS)) {
      var field = target.equals(Target.ANY) ? "" : ", \"target_" + target.kind() + "\": \"" + target.name() + "\"";
      var job = bus.call(caller(OPERATOR), "enqueue_job", "{\"subject\": \"first\"" + field + "}");
      bus.call(caller(OPERATOR), "cancel_job", "{\"job_id\": " + job.get("id") + "}");
    }
    for (var who : Arrays.asList(WHO_A, WHO_B, WHO_C)) {
      bus.call(caller(who), "claim_jobs", "{}");
    }
  }
}
