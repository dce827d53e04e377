package io.agentbus.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentbus.app.Bus;
import io.agentbus.testkit.PgDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NamedQueriesTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  /** What looks like the name of a statement and is none. */
  private static final Set<String> WORDS_OF_THE_WIRE = Set.of("subscription.ping");
  private static final Pattern USED = Pattern.compile("\"((?:" + String.join("|", Bus.QUERIES) + ")\\.[a-z_]+)\"");

  private final NamedQueries queries = NamedQueries.load(Bus.QUERIES);

  @Test
  void every_statement_can_be_prepared_against_the_migrated_schema() throws SQLException {
    var broken = new ArrayList<String>();
    try (var connection = DATABASE.connect(); var statement = connection.createStatement()) {
      statement.execute("SET search_path = agentbus");
      for (var name : queries.names()) {
        try {
          statement.execute("PREPARE \"" + name + "\" AS " + queries.text(name));
        } catch (SQLException e) {
          broken.add(name + ": " + e.getMessage());
        }
      }
    }
    assertThat(queries.names()).hasSizeGreaterThan(80);
    assertThat(broken).isEmpty();
  }

  @Test
  void every_statement_of_the_runbook_can_be_prepared_and_finds_nothing_in_an_empty_database() throws Exception {
    var blocks = Pattern.compile("(?m)^-- name: *(\\S+) *$").split(Files.readString(Path.of("sql/runbook/invariants.sql")));
    try (var connection = DATABASE.connect(); var statement = connection.createStatement()) {
      statement.execute("SET search_path = agentbus");
      for (var block : List.of(blocks).subList(1, blocks.length)) {
        try (var rows = statement.executeQuery(block.strip().replaceAll(";$", ""))) {
          assertThat(rows.next()).as(block).isFalse();
        }
      }
    }
    assertThat(blocks.length).isGreaterThan(5);
  }

  @Test
  void every_file_of_statements_is_loaded_and_each_statement_is_used_by_the_code() throws IOException {
    try (var files = Files.list(Path.of("sql/queries"))) {
      assertThat(files.map(file -> file.getFileName().toString().replace(".sql", ""))).containsExactlyInAnyOrderElementsOf(Bus.QUERIES);
    }
    assertThat(queries.names()).allMatch(sources().collect(Collectors.joining())::contains);
  }

  @Test
  void every_name_that_the_code_uses_stands_in_the_files() throws IOException {
    var used = sources().flatMap(text -> USED.matcher(text).results().map(found -> found.group(1))).collect(Collectors.toSet());
    used.removeAll(WORDS_OF_THE_WIRE);
    assertThat(used).isSubsetOf(queries.names()).hasSizeGreaterThan(80);
  }

  @Test
  void a_name_that_stands_nowhere_is_said_to() {
    assertThatThrownBy(() -> queries.text("job.nothing")).hasMessageContaining("job.nothing");
  }

  private static Stream<String> sources() throws IOException {
    var root = Path.of("src/main/java/io/agentbus");
    try (var files = Files.walk(root)) {
      // What runs on an agent's machine knows no statements; its log has events of its own with such names, and so do expressions.
      return files.filter(file -> file.toString().endsWith(".java") && !file.startsWith(root.resolve("work"))
          && !file.startsWith(root.resolve("cel"))).map(NamedQueriesTest::read).toList().stream();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
