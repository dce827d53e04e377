package io.agentbus.memorybus;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.app.BusSettings;
import io.agentbus.config.WebhooksConfig;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** A bus with agents that keep things on it. JSON is written with single quotes. */
final class MemoryRoom implements AutoCloseable {
  final TestBus bus;
  private final PgDatabase database;

  MemoryRoom(PgDatabase database) {
    this.database = database;
    bus = TestBus.open(database);
  }

  /** @param callable addresses that webhooks may call besides public ones */
  MemoryRoom(PgDatabase database, List<String> callable) {
    this.database = database;
    var usual = BusSettings.defaults("test", TestBus.home());
    bus = TestBus.open(database, new BusSettings(usual.nodeName(), usual.version(), usual.roles(), usual.home(), usual.poolSize(), usual.retryPolicy(),
        usual.pollMillis(), usual.limits(), usual.outage(), usual.members(), usual.secrets(),
        new WebhooksConfig(callable, false, List.of(), null, Duration.ofMinutes(1), Duration.ofDays(5))));
  }

  Caller agent(String namespace, String name) {
    return bus.agent(namespace, name, 0);
  }

  JsonNode call(Caller caller, String operation, String input) {
    return bus.call(caller, operation, input.replace('\'', '"'));
  }

  ProblemException refused(Caller caller, String operation, String input) {
    return bus.refused(caller, operation, input.replace('\'', '"'));
  }

  ProblemCode code(Caller caller, String operation, String input) {
    return bus.code(caller, operation, input.replace('\'', '"'));
  }

  /** Stores something and answers its id. */
  String store(Caller caller, String namespace, String title, String content) {
    return call(caller, "memory_store", "{'title': '" + title + "', 'content': '" + content + "', 'namespace': '" + namespace + "'}").get("id").asText();
  }

  List<String> titles(Caller caller, String operation, String input, String list) {
    return call(caller, operation, input).get(list).findValuesAsText("title");
  }

  /** Ends the life of an entry by the database's clock. */
  void expire(String id) {
    sql("UPDATE agentbus.memory_entries SET expires_at = now() - interval '1 second' WHERE id = '" + id + "'");
  }

  void sql(String statement) {
    try (var connection = database.connect(); var run = connection.createStatement()) {
      run.execute(statement);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One value of the database. */
  String value(String query) {
    try (var connection = database.connect(); var run = connection.createStatement(); var rows = run.executeQuery(query)) {
      return rows.next() ? rows.getString(1) : "";
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes the same call so many times at once, and answers what came of each: the answer, or the refusal. */
  List<Object> atOnce(int times, Callable<Object> call) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = IntStream.range(0, times).mapToObj(i -> threads.submit(call)).toList();
      return running.stream().map(one -> {
        try {
          return one.get();
        } catch (ExecutionException failure) {
          return (Object) failure.getCause();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }).toList();
    }
  }

  @Override
  public void close() {
    bus.close();
  }
}
