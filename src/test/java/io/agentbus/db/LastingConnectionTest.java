package io.agentbus.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.agentbus.testkit.PgDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

@Timeout(60)
class LastingConnectionTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(LastingConnection.class);

  private final List<ILoggingEvent> said = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> ear = new AppenderBase<>() {
    @Override
    protected void append(ILoggingEvent event) {
      said.add(event);
    }
  };
  private Vertx vertx;

  @BeforeEach
  void listen() {
    vertx = Vertx.vertx();
    ear.start();
    LOG.addAppender(ear);
    LOG.setLevel(Level.INFO);
    LOG.setAdditive(false);
  }

  @AfterEach
  void stop() {
    vertx.close().await();
    LOG.detachAppender(ear);
    LOG.setLevel(null);
    LOG.setAdditive(true);
  }

  @Test
  void a_cut_is_one_line_that_says_why_and_the_recovery_is_one_line() throws SQLException {
    var connection = new LastingConnection(vertx, "finish", () -> DATABASE.url(), Map.of());
    var first = pid(connection).await();
    assertThat(said).isEmpty();
    terminate(first);
    await().until(() -> !said.isEmpty());
    // What the server said, unless the end of the connection overtook it.
    assertThat(lines()).singleElement().asString().matches("WARN a database connection was cut; it is opened again"
        + " \\[connection=finish, cause=(terminating connection due to administrator command \\(57P01\\)|Connection reset.*)]");
    assertThat(said.getFirst().getThrowableProxy()).as("a stack trace").isNull();

    assertThat(pid(connection).await()).isNotEqualTo(first);
    assertThat(lines()).hasSize(2);
    assertThat(lines().getLast()).startsWith("INFO a database connection is back [connection=finish, durationMs=");
    connection.close().await();
    assertThat(lines()).as("its own end is no cut").hasSize(2);
  }

  @Test
  void an_outage_is_one_line_however_many_callers_meet_it() throws Exception {
    try (var nobody = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      var url = "postgresql://me:secret@127.0.0.1:" + nobody.getLocalPort() + "/none?connect_timeout=1";
      nobody.close();
      var connection = new LastingConnection(vertx, "claim", () -> url, Map.of());
      for (var i = 0; i < 5; i++) {
        assertThatThrownBy(() -> pid(connection).await()).matches(PgErrors::isOutage);
      }
      assertThat(lines()).hasSize(1);
      assertThat(lines().getFirst()).startsWith("WARN a database connection cannot be opened; it is opened again [connection=claim, cause=")
          .doesNotContain("secret");
    }
  }

  @Test
  void another_program_on_that_port_that_says_nothing_makes_nobody_wait_and_is_hung_up_on() throws Exception {
    try (var foreign = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
      var url = "postgresql://me:secret@127.0.0.1:" + foreign.getLocalPort() + "/none?connect_timeout=1";
      var connection = new LastingConnection(vertx, "claim", () -> url, Map.of());
      assertThatThrownBy(() -> pid(connection).await()).isInstanceOf(TimeoutException.class).matches(PgErrors::isOutage);
      try (var heard = foreign.accept()) {
        heard.setSoTimeout(30_000);
        assertThat(heard.getInputStream().readAllBytes()).as("what it said until it hung up").isNotEmpty();
      }
    }
  }

  @Test
  void one_that_is_kept_open_comes_back_by_itself_and_greets_anew() throws SQLException {
    var greetings = new AtomicInteger();
    var pids = new CopyOnWriteArrayList<Integer>();
    var connection = new LastingConnection(vertx, "listener", () -> DATABASE.url(), Map.of());
    connection.keepOpen(open -> {
      pids.add(open.processId());
      return open.query("LISTEN nothing").execute().onSuccess(ignored -> greetings.incrementAndGet());
    }).await();
    for (var cut = 1; cut <= 3; cut++) {
      terminate(pids.getLast());
      var greeted = cut + 1;
      await().until(() -> greetings.get() == greeted);
    }
    await().until(() -> lines().size() == 6);
    assertThat(lines().stream().map(line -> line.substring(0, 4))).containsExactly("WARN", "INFO", "WARN", "INFO", "WARN", "INFO");
    connection.close().await();
    assertThatThrownBy(() -> pid(connection).await()).hasMessageContaining("The node is stopping");
  }

  private static Future<Integer> pid(LastingConnection connection) {
    return connection.use(open -> open.query("SELECT pg_backend_pid()").execute().map(rows -> rows.iterator().next().getInteger(0)));
  }

  private List<String> lines() {
    return said.stream().map(event -> event.getLevel() + " " + event.getFormattedMessage() + " "
        + event.getKeyValuePairs().stream().map(pair -> pair.key + "=" + pair.value).toList()).toList();
  }

  private static void terminate(int pid) throws SQLException {
    try (var connection = DATABASE.connect(); var statement = connection.createStatement()) {
      statement.execute("SELECT pg_terminate_backend(" + pid + ")");
    }
  }
}
