package io.agentbus.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.Cable;
import io.agentbus.testkit.PgDatabase;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every connection of a node has, and what becomes of a caller when the database, or the way to it, stands still. */
@Timeout(60)
class ConnectionsTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final NamedQueries QUERIES = NamedQueries.load(List.of("probe"));

  private final Vertx vertx = Vertx.vertx();

  /** One way to a connection: runs a statement of {@code probe.sql} and answers its first row. */
  private interface Way extends BiFunction<String, Tuple, Row>, AutoCloseable {
    @Override
    void close();
  }

  private interface Opener {
    Way open(Vertx vertx, String url);
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  static Stream<Arguments> ways() {
    return Stream.of(Arguments.of("pool", (Opener) (vertx, url) -> {
      var database = Database.open(vertx, url, 2, QUERIES);
      return way((name, in) -> database.run(name, in).iterator().next(), database::close);
    }), Arguments.of("transaction", (Opener) (vertx, url) -> {
      var database = Database.open(vertx, url, 2, QUERIES);
      return way((name, in) -> database.inTransaction(tx -> tx.run(name, in).iterator().next()), database::close);
    }), Arguments.of("hot", (Opener) (vertx, url) -> {
      var hot = new HotConnection(vertx, "hot", url, QUERIES);
      return way((name, in) -> PgErrors.await(hot.run(name, in)).iterator().next(), () -> hot.close().await());
    }), Arguments.of("lasting", (Opener) (vertx, url) -> {
      var lasting = new LastingConnection(vertx, "lasting", () -> url, Map.of());
      return way((name, in) -> PgErrors.await(lasting.use(open -> open.preparedQuery(QUERIES.text(name)).execute(in))).iterator().next(),
          () -> lasting.close().await());
    }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void every_connection_has_its_limits_and_the_settings_of_the_url(String name, Opener opener) {
    try (var way = opener.open(vertx, DATABASE.urlWith("work_mem=5MB", "search_path=public"))) {
      assertThat(settings(way, "idle_in_transaction_session_timeout", "statement_timeout", "idle_session_timeout"))
          .containsExactly("20s", "30s", "0");
      assertThat(settings(way, "tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout"))
          .containsExactly("15", "5", "3", "30000");
      assertThat(settings(way, "work_mem", "search_path", "TimeZone", "DateStyle", "client_encoding", "application_name"))
          .containsExactly("5MB", "agentbus, public", "UTC", "ISO, MDY", "UTF8", "agentbus");
    }
    try (var way = opener.open(vertx, DATABASE.urlWith("idle_in_transaction_session_timeout=7s", "statement_timeout=9s"))) {
      assertThat(settings(way, "idle_in_transaction_session_timeout", "statement_timeout")).containsExactly("7s", "9s");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void an_idle_connection_is_looked_at_by_the_system_every_few_seconds(String name, Opener opener) throws IOException {
    assumeTrue(Files.exists(Path.of("/proc/net/tcp6")) && DATABASE.url().contains("127.0.0.1"), "Linux tells of its timers, of local sockets");
    try (var way = opener.open(vertx, DATABASE.url())) {
      var port = ask(() -> way.apply("probe.pid", Tuple.tuple())).getInteger("client_port");
      var ours = ":" + String.format(Locale.ROOT, "%04X", port) + " ";
      // Local address, other address, state, queues, then the timer: 02 is keep-alive, and when it fires in 1/100 s.
      await().untilAsserted(() -> assertThat(timer(ours)).startsWith("02:"));
      assertThat(Integer.parseInt(timer(ours).substring(3), 16)).isLessThanOrEqualTo(1_600);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void a_statement_that_takes_too_long_is_ended_and_the_caller_may_try_again(String name, Opener opener) {
    try (var way = opener.open(vertx, DATABASE.urlWith("statement_timeout=100ms"))) {
      assertThat(refusal(() -> way.apply("probe.sleep", Tuple.of(30.0)))).hasMessageContaining("nothing was changed. Try again.");
      assertThat(settings(way, "statement_timeout")).containsExactly("100ms");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void a_database_that_falls_silent_makes_nobody_wait_for_ever(String name, Opener opener) {
    try (var cable = Cable.to(DATABASE.urlWith("statement_timeout=1s")); var way = opener.open(vertx, cable.url())) {
      settings(way, "work_mem");
      cable.hold();
      assertThat(refusal(() -> way.apply("probe.pid", Tuple.tuple()))).hasMessageContaining("The database does not answer");
      cable.release();
      settings(way, "work_mem");
    }
  }

  @Test
  void a_transaction_whose_node_stands_still_gives_back_its_locks_and_its_caller_may_try_again() throws Exception {
    try (var database = Database.open(vertx, DATABASE.urlWith("idle_in_transaction_session_timeout=200ms"), 2, QUERIES);
        var other = DATABASE.connect(); var statement = other.createStatement()) {
      assertThat(refusal(() -> database.inTransaction(tx -> {
        tx.run("probe.lock", Tuple.of(4711));
        execute(statement, "SET lock_timeout = '30s'; SELECT pg_advisory_lock(4711)");
        return tx.run("probe.lock", Tuple.of(4712));
      }))).hasMessageContaining("Try again.");
      execute(statement, "SELECT pg_advisory_unlock_all()");
      var again = ask(() -> database.inTransaction(tx -> tx.run("probe.lock", Tuple.of(4711)).rowCount()));
      assertThat(again).isEqualTo(1);
    }
  }

  @Test
  void a_transaction_that_asked_for_more_time_gets_it_and_the_next_one_has_the_usual() {
    try (var database = Database.open(vertx, DATABASE.urlWith("statement_timeout=100ms"), 1, QUERIES)) {
      var slept = ask(() -> database.inTransaction(tx -> {
        tx.allow(Duration.ofSeconds(30));
        return tx.run("probe.sleep", Tuple.of(0.3)).rowCount();
      }));
      assertThat(slept).isEqualTo(1);
      refusal(() -> database.inTransaction(tx -> tx.run("probe.sleep", Tuple.of(30.0))));
    }
  }

  @Test
  void a_database_that_moved_is_followed_also_from_a_port_where_another_program_says_nothing() throws IOException {
    try (var foreign = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
      var where = new AtomicReference<>("postgresql://me:none@127.0.0.1:" + foreign.getLocalPort() + "/none?connect_timeout=1");
      var database = Database.open(vertx, where::get, 1, QUERIES);
      var hot = new HotConnection(vertx, "hot", where::get, QUERIES);
      refusal(() -> database.run("probe.pid", Tuple.tuple()));
      refusal(() -> PgErrors.await(hot.run("probe.pid", Tuple.tuple())));
      where.set(DATABASE.url());
      assertThat(ask(() -> database.run("probe.pid", Tuple.tuple()).size())).isEqualTo(1);
      assertThat(ask(() -> PgErrors.await(hot.run("probe.pid", Tuple.tuple())).size())).isEqualTo(1);
    }
  }

  @Test
  void a_server_that_does_not_know_us_is_an_outage_to_callers() {
    try (var database = Database.open(vertx, DATABASE.url().replaceAll("/[^/?]+(?=$|\\?)", "/no_such_database"), 1, QUERIES)) {
      refusal(() -> database.run("probe.pid", Tuple.tuple()));
    }
    try (var database = Database.open(vertx, DATABASE.url().replaceAll("//[^@]+@", "//nobody:none@"), 1, QUERIES)) {
      refusal(() -> database.run("probe.pid", Tuple.tuple()));
    }
  }

  private static Way way(BiFunction<String, Tuple, Row> run, Runnable close) {
    return new Way() {
      @Override
      public Row apply(String name, Tuple parameters) {
        return run.apply(name, parameters);
      }

      @Override
      public void close() {
        close.run();
      }
    };
  }

  private static List<String> settings(Way way, String... names) {
    return Stream.of(names).map(name -> ask(() -> way.apply("probe.setting", Tuple.of(name))).getString("value")).toList();
  }

  private static ProblemException refusal(Callable<?> work) {
    try {
      throw new AssertionError("was not refused but answered " + ask(work));
    } catch (CompletionException failure) {
      assertThat(failure).hasCauseInstanceOf(ProblemException.class);
      var problem = (ProblemException) failure.getCause();
      assertThat(problem.code()).isEqualTo(ProblemCode.UNAVAILABLE);
      return problem;
    }
  }

  /** Runs work on a virtual thread, as the doors do. */
  private static <T> T ask(Callable<T> work) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      return threads.submit(work).get();
    } catch (java.util.concurrent.ExecutionException failure) {
      throw new CompletionException(failure.getCause());
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  private static void execute(java.sql.Statement statement, String sql) {
    try {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String timer(String local) throws IOException {
    // A socket of a JVM counts as IPv6 also where it speaks IPv4.
    try (var four = Files.lines(Path.of("/proc/net/tcp")); var six = Files.lines(Path.of("/proc/net/tcp6"))) {
      return Stream.concat(four, six).map(line -> line.strip().split(" +")).filter(words -> (words[1] + " ").endsWith(local))
          // Established: a connection that has ended may have had the port before.
          .filter(words -> words[3].equals("01")).findFirst().map(words -> words[5]).orElse("no such socket");
    }
  }
}
