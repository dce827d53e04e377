package io.agentbus.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentbus.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {

  @TempDir
  private Path folder;

  /** A second JVM that takes the lock of a home, says so and waits. */
  static final class Holder {
    public static void main(String[] arguments) throws IOException {
      try (var _ = Home.open(Path.of(arguments[0])).lock()) {
        System.out.println("held");
        System.in.read();
      }
    }
  }

  @Test
  void the_environment_says_where_it_is() {
    assertThat(Home.location(Map.of("AGENTBUS_HOME", "/srv/bus"))).isEqualTo(Path.of("/srv/bus"));
    var own = Path.of(System.getProperty("user.home"), ".agentbus");
    assertThat(Home.location(Map.of())).isEqualTo(own);
    assertThat(Home.location(Map.of("AGENTBUS_HOME", " "))).isEqualTo(own);
  }

  @Test
  void it_is_made_for_its_owner_alone() throws IOException {
    var home = Home.open(folder.resolve("new/home"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.folder()))).isEqualTo("rwx------");
    assertThat(home.operatorToken()).isEqualTo(home.folder().resolve("operator.token"));
  }

  @Test
  void a_file_in_its_place_is_refused_by_name() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> Home.open(file)).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void a_second_node_in_one_process_is_refused() {
    var home = Home.open(folder);
    try (var _ = home.lock()) {
      assertThatThrownBy(home::lock).isInstanceOf(ProblemException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
      assertThat(LockFile.holder(folder.resolve("node.lock"))).hasValue(ProcessHandle.current().pid());
    }
    home.lock().close();
  }

  @Test
  void a_second_node_in_another_process_is_refused_until_the_first_is_killed() throws IOException {
    var other = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-Xmx64m", "-cp",
        System.getProperty("java.class.path"), Holder.class.getName(), folder.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD).start();
    var home = Home.open(folder);
    try (var output = other.inputReader()) {
      assertThat(output.readLine()).isEqualTo("held");
      assertThatThrownBy(home::lock).isInstanceOf(ProblemException.class)
          .hasMessageContaining("process " + other.pid()).hasMessageContaining(folder.toString());
      assertThatThrownBy(() -> LockFile.acquire(folder.resolve("node.lock"), Duration.ofMillis(60)))
          .isInstanceOf(IllegalStateException.class).hasMessageContaining("process " + other.pid());
    } finally {
      other.destroyForcibly();
      other.onExit().join();
    }
    home.lock().close();
  }

  @Test
  void a_secret_is_written_whole_with_mode_0600() throws IOException {
    var file = Files.writeString(folder.resolve("secret"), "old and open");
    SecretFile.write(file, "new\n");
    assertThat(file).hasContent("new\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    try (var files = Files.list(folder)) {
      assertThat(files).as("nothing is left beside it").containsExactly(file);
    }
  }
}
