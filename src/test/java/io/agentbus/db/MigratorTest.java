package io.agentbus.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.agentbus.testkit.PgDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

class MigratorTest {

  private static final List<String> ALL = MigrationScript.all().stream().map(MigrationScript::file).toList();

  @RegisterExtension
  final Bare bare = new Bare();

  /** Without the schema, and fresh for each test. */
  static final class Bare implements BeforeEachCallback, AfterEachCallback {
    private final PgDatabase database = PgDatabase.bare();

    @Override
    public void beforeEach(ExtensionContext context) {
      database.beforeAll(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
      database.afterAll(context);
    }

    String url() {
      return database.url();
    }

    void run(String sql) throws SQLException {
      try (var connection = database.connect(); var statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    String dump() throws SQLException {
      try (var connection = database.connect()) {
        return SchemaDump.of(connection);
      }
    }
  }

  @Test
  void what_is_missing_runs_once_in_order() {
    var migrator = new Migrator(bare.url());
    assertThat(ALL).first().asString().startsWith("V0001__");
    assertThat(migrator.pending()).isEqualTo(ALL);
    assertThat(migrator.migrate()).isEqualTo(ALL);
    assertThat(migrator.pending()).isEmpty();
    assertThat(migrator.migrate()).isEmpty();
    assertThat(FlywayRun.pending(JdbcUrl.of(bare.url()))).as("Flyway agrees").isEmpty();
  }

  @Test
  void a_repeatable_script_that_has_changed_runs_again() throws SQLException {
    new Migrator(bare.url()).migrate();
    var repeatable = ALL.stream().filter(file -> file.startsWith("R__")).findFirst().orElseThrow();
    bare.run("UPDATE agentbus.flyway_schema_history SET checksum = 1 WHERE script = '" + repeatable + "'");
    assertThat(new Migrator(bare.url()).migrate()).containsExactly(repeatable);
    assertThat(new Migrator(bare.url()).pending()).isEmpty();
  }

  @Test
  void a_versioned_script_that_has_changed_is_refused() throws SQLException {
    new Migrator(bare.url()).migrate();
    bare.run("UPDATE agentbus.flyway_schema_history SET checksum = 1 WHERE version = '0001'");
    assertThatThrownBy(() -> new Migrator(bare.url()).migrate()).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("0001").hasMessageContaining("checksum");
  }

  @Test
  void nodes_that_start_at_once_migrate_once() {
    var all = IntStream.range(0, 4).mapToObj(i -> CompletableFuture.supplyAsync(
        () -> new Migrator(bare.url()).migrate(), task -> Thread.ofVirtual().start(task))).toList();
    assertThat(all.stream().flatMap(done -> done.join().stream())).containsExactlyInAnyOrderElementsOf(ALL);
  }

  @Test
  void a_schema_of_a_newer_release_is_left_as_it_is() throws SQLException {
    new Migrator(bare.url()).migrate();
    bare.run("UPDATE agentbus.flyway_schema_history SET checksum = 1 WHERE script LIKE 'R%'");
    bare.run("INSERT INTO agentbus.flyway_schema_history VALUES"
        + " (99, '9000', 'later', 'SQL', 'V9000__later.sql', 1, 'x', now(), 1, true)");
    assertThat(new Migrator(bare.url()).pending()).isEmpty();
    assertThat(new Migrator(bare.url()).migrate()).isEmpty();
  }

  @Test
  void the_printed_script_does_the_same_and_leaves_nothing_to_do() throws SQLException {
    new Migrator(bare.url()).migrate();
    var migrated = bare.dump();
    var printed = new Migrator(bare.url());
    assertThat(printed.print()).startsWith("-- The schema agentbus is up to date");
    bare.run("DROP SCHEMA agentbus CASCADE");
    bare.run(printed.print());
    assertThat(bare.dump()).isEqualTo(migrated);
    assertThat(printed.pending()).isEmpty();
    assertThat(FlywayRun.pending(JdbcUrl.of(bare.url()))).as("Flyway agrees").isEmpty();
    assertThat(FlywayRun.migrate(JdbcUrl.of(bare.url()))).isEmpty();
  }

  @Test
  void one_line_says_what_ran_and_nothing_warns() {
    var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    var seen = new ListAppender<ILoggingEvent>();
    seen.start();
    var level = root.getLevel();
    root.setLevel(Level.INFO);
    root.addAppender(seen);
    try {
      new Migrator(bare.url()).migrate();
    } finally {
      root.detachAppender(seen);
      root.setLevel(level);
    }
    assertThat(List.copyOf(seen.list).stream().filter(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
        .map(ILoggingEvent::getFormattedMessage)).singleElement().asString()
        .startsWith("migrated jdbc:postgresql://").contains(ALL).doesNotContain("password");
  }

  @Test
  void a_database_that_cannot_be_reached_is_named_without_its_password() {
    assertThatThrownBy(() -> new Migrator("postgresql://me:s3cret@127.0.0.1:1/nowhere").migrate())
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("127.0.0.1:1/nowhere")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void scripts_run_by_number_then_the_repeatable_ones_by_name() {
    assertThat(MigrationScript.of("V0010__a_b.sql", "x\r\ny\n")).satisfies(script -> {
      assertThat(script.description()).isEqualTo("a b");
      assertThat(script.checksum()).isEqualTo(MigrationScript.of("R__z.sql", "x\ny").checksum());
    });
    assertThatThrownBy(() -> MigrationScript.of("V1_x.sql", "")).hasMessageContaining("V1_x.sql");
  }
}
