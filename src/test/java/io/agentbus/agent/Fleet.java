package io.agentbus.agent;

import io.agentbus.db.Database;
import io.agentbus.db.NamedQueries;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Limits;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.PgDatabase;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;

/** The services of agents and tokens on a real database, as a node wires them, and short ways to call them. */
public final class Fleet implements AutoCloseable {
  private static final Vertx VERTX = Vertx.vertx();

  public final Database database;
  public final Directory directory;
  public final AgentFinder finder;
  public final Presence presence;
  public final TokenAuthenticator authenticator;
  public final IdentityChanges changes;
  public final Agents agents;
  public final AgentTokens agentTokens;
  public final AccessTokens accessTokens;
  private final Database lookups;
  private final PgDatabase pg;

  public Fleet(PgDatabase pg) {
    this.pg = pg;
    var queries = NamedQueries.load(List.of("agent", "control"));
    database = Database.open(VERTX, pg.url(), 8, queries);
    lookups = Database.open(VERTX, pg.url(), 2, queries);
    directory = new Directory(lookups);
    finder = new AgentFinder(directory);
    presence = new Presence(database, "n1");
    authenticator = new TokenAuthenticator(lookups, presence);
    changes = new IdentityChanges(directory, authenticator, () -> {});
    agents = new Agents(directory, finder, presence, changes);
    agentTokens = new AgentTokens(directory, finder, presence, changes);
    accessTokens = new AccessTokens(directory, changes, Clock.systemUTC(), Limits.DEFAULT);
  }

  /** A call by the holder of all rights, without walls. */
  public Call operator() {
    return operator(List.of());
  }

  /** A call by the holder of all rights within walls. */
  public Call operator(List<String> walls) {
    return call(new Caller(null, "operator", null, walls.stream().map(NamespacePath::new).toList(),
        EnumSet.complementOf(EnumSet.of(Right.NONE))));
  }

  /** A call by the holder of a token. */
  public Call as(String token) {
    return call(authenticator.authenticate(token));
  }

  public Call call(Caller caller) {
    return new Call(caller, "req", database);
  }

  public Call anonymous() {
    return call(Caller.anonymous());
  }

  public String joinToken(String namespace) {
    return agentTokens.createJoinToken(operator(), new CreateJoinToken(namespace, null, null, null, null)).joinToken();
  }

  public RegisteredAgent register(String namespace, String name) {
    return register(joinToken(namespace), name, null);
  }

  public RegisteredAgent register(String joinToken, String name, @Nullable Integer concurrency) {
    return agents.registerAgent(anonymous(), wish(joinToken, name, concurrency, null));
  }

  static RegisterAgent wish(String joinToken, String name, @Nullable Integer concurrency, @Nullable List<String> tags) {
    return new RegisterAgent(joinToken, name, concurrency, tags, null, null, null, null, null, null, null);
  }

  static UpdateAgent update(@Nullable String agent, @Nullable String namespace, @Nullable String desired,
      @Nullable Integer concurrency, @Nullable List<String> tags) {
    return new UpdateAgent(agent, namespace, desired, concurrency, tags, null, null, null, null, null, null, null);
  }

  public Agent get(String namespace, String name) {
    return agents.getAgent(operator(), new GetAgent(name, namespace));
  }

  /** Runs SQL of a test, such as making rows old. */
  public void execute(String sql) {
    try (var connection = pg.connect(); var statement = connection.createStatement()) {
      statement.execute("SET search_path = agentbus");
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** The first column of the first row. */
  public @Nullable Object value(String sql) {
    try (var connection = pg.connect(); var statement = connection.createStatement()) {
      statement.execute("SET search_path = agentbus");
      try (var rows = statement.executeQuery(sql)) {
        return rows.next() ? rows.getObject(1) : null;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** The refusal that the work ends with. */
  public static ProblemException refusal(ThrowingCall work) {
    return Assertions.catchThrowableOfType(ProblemException.class, work::run);
  }

  public static ProblemCode code(ThrowingCall work) {
    var refusal = refusal(work);
    return Assertions.assertThat(refusal).as("a refusal").isNotNull().actual().code();
  }

  /** What a test expects to be refused. */
  public interface ThrowingCall {
    void run() throws Throwable;
  }

  /** Runs the same work on several threads at once and gives each one's result or refusal. */
  public static <T> List<Object> atOnce(int threads, Callable<T> work) throws InterruptedException {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      return executor.invokeAll(Arrays.asList(new Object[threads]).stream().map(ignored -> work).toList()).stream()
          .map(Fleet::outcome).toList();
    }
  }

  private static Object outcome(Future<?> future) {
    try {
      return future.get();
    } catch (ExecutionException failure) {
      return failure.getCause();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    database.close();
    lookups.close();
  }
}
