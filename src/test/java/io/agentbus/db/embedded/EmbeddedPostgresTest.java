package io.agentbus.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentbus.db.JdbcUrl;
import io.agentbus.testkit.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {

  private static final PgSettings DURABLE = TestPostgres.settings().withSize(20, "16MB");
  private static final PgSettings QUICK = DURABLE.forgetful();

  /** A home that has been used: copying it is quicker than making the data again in each test. */
  @TempDir
  private static Path used;

  @TempDir
  private Path folder;

  @BeforeAll
  static void a_used_home() {
    EmbeddedPostgres.start(used, QUICK).stop();
  }

  @AfterEach
  void nothing_is_left_running() {
    EmbeddedPostgres.stopLeft(home(), QUICK);
    EmbeddedPostgres.stopLeft(other(), QUICK);
  }

  @Test
  void rows_port_and_password_stay_over_a_restart() throws Exception {
    var durable = DURABLE.with("work_mem", "5MB");
    var first = EmbeddedPostgres.start(home(), durable);
    assertThat(first.adopted()).isFalse();
    write(first, "it's here");
    assertThat(one(first, "SHOW fsync") + one(first, "SHOW synchronous_commit") + one(first, "SHOW full_page_writes"))
        .isEqualTo("ononon");
    assertThat(one(first, "SHOW work_mem")).isEqualTo("5MB");
    assertThat(one(first, "SHOW server_encoding")).isEqualTo("UTF8");
    assertThat(first.databaseUrl()).matches("postgresql://agentbus:[0-9a-f]{48}@127\\.0\\.0\\.1:\\d+/agentbus");
    first.stop();
    assertThat(new Postmaster(first.pid(), first.port(), "").state(home().resolve("postgres/data")))
        .isEqualTo(Postmaster.State.GONE);

    try (var second = EmbeddedPostgres.start(home(), durable)) {
      assertThat(second.adopted()).isFalse();
      assertThat(second.databaseUrl()).isEqualTo(first.databaseUrl());
      assertThat(rows(second)).isEqualTo("it's here");
    }
  }

  @Test
  void secrets_are_for_their_owner_alone() throws Exception {
    try (var postgres = EmbeddedPostgres.start(home(), QUICK)) {
      var url = home().resolve("database.url");
      assertThat(Files.readString(url).strip()).isEqualTo(postgres.databaseUrl());
      assertThat(mode(url)).isEqualTo("rw-------");
      assertThat(mode(home().resolve("postgres/password"))).isEqualTo("rw-------");
      assertThat(mode(home().resolve("postgres/data"))).isEqualTo("rwx------");
      assertThat(mode(home())).isEqualTo("rwx------");
      var wrong = new JdbcUrl(JdbcUrl.of(postgres.databaseUrl()).url(), "agentbus", "guess");
      assertThatThrownBy(wrong::connect).hasMessageContaining("password authentication failed");
    }
  }

  @Test
  void the_log_holds_neither_statements_nor_values() throws Exception {
    useHome(home());
    try (var postgres = EmbeddedPostgres.start(home(), QUICK)) {
      write(postgres, "x");
      assertThatThrownBy(() -> one(postgres, "INSERT INTO kept VALUES ('top secret', 1/0) RETURNING 1"))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> one(postgres, "SELECT 'top secret'::int")).isInstanceOf(SQLException.class);
      one(postgres, "SELECT 1");
    }
    var log = new StringBuilder();
    try (var files = Files.newDirectoryStream(home().resolve("postgres/log"), "postgres-*.log")) {
      for (var file : files) {
        log.append(Files.readString(file));
      }
    }
    assertThat(log.toString()).contains("database system is ready").doesNotContain("INSERT INTO")
        .doesNotContain("kept");
  }

  @Test
  void a_server_that_outlived_its_node_is_taken_over() throws Exception {
    useHome(home());
    var first = EmbeddedPostgres.start(home(), QUICK);
    write(first, "x");
    var second = EmbeddedPostgres.start(home(), QUICK);
    assertThat(second.adopted()).isTrue();
    assertThat(second.pid()).isEqualTo(first.pid());
    assertThat(second.databaseUrl()).isEqualTo(first.databaseUrl());
    assertThat(rows(second)).isEqualTo("x");
  }

  @Test
  void a_killed_jvm_leaves_a_server_that_the_next_takes_over() throws Exception {
    useHome(home());
    long pid;
    try (var elsewhere = launch()) {
      pid = elsewhere.postgresPid();
    }
    var next = EmbeddedPostgres.start(home(), QUICK);
    assertThat(next.adopted()).isTrue();
    assertThat(next.pid()).isEqualTo(pid);
    assertThat(one(next, "SELECT 1")).isEqualTo("1");
  }

  @Test
  void rows_survive_a_kill_of_the_server_and_all_its_children() throws Exception {
    useHome(home());
    var first = EmbeddedPostgres.start(home(), DURABLE);
    write(first, "x");
    var all = ProcessHandle.of(first.pid()).orElseThrow();
    var children = all.descendants().toList();
    assertThat(children).isNotEmpty();
    kill(all);
    children.forEach(EmbeddedPostgresTest::kill);
    var second = EmbeddedPostgres.start(home(), DURABLE);
    assertThat(second.adopted()).isFalse();
    assertThat(second.port()).isEqualTo(first.port());
    assertThat(rows(second)).isEqualTo("x");
  }

  @Test
  void rows_survive_a_kill_of_the_server_whose_children_still_live() throws Exception {
    useHome(home());
    var first = EmbeddedPostgres.start(home(), DURABLE);
    write(first, "x");
    kill(ProcessHandle.of(first.pid()).orElseThrow());
    var second = EmbeddedPostgres.start(home(), DURABLE);
    assertThat(second.pid()).isNotEqualTo(first.pid());
    assertThat(rows(second)).isEqualTo("x");
  }

  @Test
  void a_stale_pid_file_that_names_another_program_does_not_keep_it_from_starting() throws Exception {
    staleFile(ProcessHandle.current().pid());
    assertThat(rows(EmbeddedPostgres.start(home(), QUICK))).isEqualTo("x");
  }

  @Test
  void a_stale_pid_file_that_names_another_postgres_does_not_keep_it_from_starting() throws Exception {
    useHome(other());
    var foreign = EmbeddedPostgres.start(other(), QUICK);
    staleFile(foreign.pid());
    assertThat(rows(EmbeddedPostgres.start(home(), QUICK))).isEqualTo("x");
    assertThat(one(foreign, "SELECT 1")).isEqualTo("1");
  }

  @Test
  void two_starts_in_one_jvm_get_the_same_server() throws Exception {
    useHome(home());
    var first = CompletableFuture.supplyAsync(() -> EmbeddedPostgres.start(home(), QUICK));
    var second = CompletableFuture.supplyAsync(() -> EmbeddedPostgres.start(home(), QUICK));
    assertThat(first.join().pid()).isEqualTo(second.join().pid());
    assertThat(first.join().adopted()).isNotEqualTo(second.join().adopted());
  }

  @Test
  void two_jvms_that_start_one_home_at_once_unpack_once_and_get_the_same_server() throws Exception {
    var binaries = folder.resolve("binaries");
    try (var first = launch(binaries); var second = launch(binaries)) {
      assertThat(first.postgresPid()).isEqualTo(second.postgresPid());
    }
    try (var files = Files.list(binaries)) {
      assertThat(files.map(file -> file.getFileName().toString().replaceAll("-.*", "")))
          .containsExactlyInAnyOrder("bin", "unpack.lock");
    }
  }

  @Test
  void data_with_too_open_modes_are_closed_again() throws Exception {
    useHome(home());
    EmbeddedPostgres.start(home(), QUICK).stop();
    var data = home().resolve("postgres/data");
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(one(EmbeddedPostgres.start(home(), QUICK), "SELECT 1")).isEqualTo("1");
    assertThat(mode(data)).isEqualTo("rwx------");
  }

  @Test
  void a_taken_port_is_replaced_by_another() throws Exception {
    useHome(home());
    var first = EmbeddedPostgres.start(home(), QUICK);
    first.stop();
    try (var taken = new ServerSocket(first.port(), 1, InetAddress.getByName("127.0.0.1"));
        var second = EmbeddedPostgres.start(home(), QUICK)) {
      assertThat(second.port()).isNotEqualTo(taken.getLocalPort());
      assertThat(one(second, "SELECT 1")).isEqualTo("1");
      assertThat(Files.readString(home().resolve("database.url"))).contains(":" + second.port() + "/");
    }
  }

  /** What its crash left says that it serves there; who asks gets no answer, or one from somebody else. */
  @Test
  void a_port_that_another_program_took_after_a_crash_is_left_to_it() throws Exception {
    useHome(home());
    var first = EmbeddedPostgres.start(home(), DURABLE);
    write(first, "x");
    var all = ProcessHandle.of(first.pid()).orElseThrow();
    var children = all.descendants().toList();
    kill(all);
    children.forEach(EmbeddedPostgresTest::kill);
    assertThat(home().resolve("postgres/data/postmaster.pid")).content().contains("\n" + first.port() + "\n").contains("ready");
    // On every address, as servers of the web like to listen.
    try (var foreign = new ServerSocket(first.port())) {
      var second = EmbeddedPostgres.start(home(), DURABLE);
      assertThat(second.adopted()).isFalse();
      assertThat(second.port()).isNotEqualTo(foreign.getLocalPort());
      assertThat(rows(second)).isEqualTo("x");
      assertThat(Files.readString(home().resolve("database.url")).strip()).isEqualTo(second.databaseUrl());
      assertThat(Files.readString(home().resolve("postgres/port")).strip()).isEqualTo(Integer.toString(second.port()));
    }
  }

  @Test
  void a_start_that_was_killed_while_it_made_the_data_is_begun_anew() throws Exception {
    var partial = Files.createDirectories(home().resolve("postgres/data.new"));
    Files.writeString(partial.resolve("PG_VERSION"), "18\n");
    assertThat(one(EmbeddedPostgres.start(home(), QUICK), "SELECT 1")).isEqualTo("1");
  }

  @Test
  void what_keeps_it_from_starting_is_said_with_the_way_out() throws Exception {
    useHome(home());
    EmbeddedPostgres.start(home(), QUICK).stop();
    assertThatThrownBy(() -> EmbeddedPostgres.start(home(), QUICK.with("wal_level", "nonsense")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("wal_level").hasMessageContaining("nonsense").hasMessageContaining("--database-url");
    Files.writeString(home().resolve("postgres/data/PG_VERSION"), "9\n");
    assertThatThrownBy(() -> EmbeddedPostgres.start(home(), QUICK)).hasMessageContaining("incompatible");
  }

  @Test
  void settings_refuse_nonsense_and_what_holds_the_home_together() {
    assertThatThrownBy(() -> QUICK.with("port", "5432")).hasMessageContaining("'port'");
    assertThatThrownBy(() -> QUICK.with("work_mem\nport", "1")).hasMessageContaining("server parameter");
    assertThatThrownBy(() -> QUICK.with("work_mem", "1\nport = 1")).hasMessageContaining("control character");
    assertThatThrownBy(() -> QUICK.withSize(1, "16MB")).hasMessageContaining("maxConnections");
    assertThatThrownBy(() -> QUICK.withSize(10, "lots")).hasMessageContaining("sharedBuffers");
  }

  @Test
  void a_home_that_a_shell_would_misread_is_refused() {
    for (var name : List.of("a\"b", "a$HOME", "a`b", "a\\b", "a\nb")) {
      assertThatThrownBy(() -> EmbeddedPostgres.start(folder.resolve(name), QUICK))
          .hasMessageContaining("choose a home");
    }
  }

  private Path home() {
    return folder.resolve("a node's home");
  }

  private Path other() {
    return folder.resolve("other");
  }

  private StartedElsewhere launch() throws IOException {
    return launch(QUICK.binaries().orElseThrow());
  }

  private StartedElsewhere launch(Path binaries) throws IOException {
    return StartedElsewhere.launch(List.of(), System.getProperty("java.class.path"), home(), binaries);
  }

  /** Data with one row whose server has ended, and a pid file as a server that was killed leaves it. */
  private void staleFile(long pid) throws Exception {
    useHome(home());
    var first = EmbeddedPostgres.start(home(), QUICK);
    write(first, "x");
    var file = home().resolve("postgres/data/postmaster.pid");
    var lines = Files.readAllLines(file);
    first.stop();
    lines.set(0, Long.toString(pid));
    Files.write(file, lines);
  }

  private void useHome(Path home) throws IOException {
    Files.createDirectories(home);
    try (var walk = Files.walk(used)) {
      for (var path : walk.skip(1).toList()) {
        Files.copy(path, home.resolve(used.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    // Else two copies in one test would want the same one.
    Files.delete(home.resolve("postgres/port"));
  }

  private static void kill(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void write(EmbeddedPostgres postgres, String value) throws SQLException {
    try (var connection = JdbcUrl.of(postgres.databaseUrl()).connect(); var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE kept (value text)");
      statement.execute("INSERT INTO kept VALUES ('" + value.replace("'", "''") + "')");
    }
  }

  private static String rows(EmbeddedPostgres postgres) throws SQLException {
    return one(postgres, "SELECT string_agg(value, ',') FROM kept");
  }

  static String one(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (var connection = JdbcUrl.of(postgres.databaseUrl()).connect(); var statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }
}
