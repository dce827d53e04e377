package io.agentbus.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.testkit.ScriptedNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the launcher in a folder of its own, with programs in place of java and mvn that tell how they were called. */
class LauncherTest {
  private record Run(int exit, String out, String err) {}

  @TempDir Path temp;
  private Path project;
  private Path java;
  private Path maven;

  @BeforeEach
  void makeProject() throws IOException {
    project = Files.createDirectories(temp.resolve("a project"));
    Files.copy(Path.of("agentbus"), project.resolve("agentbus")).toFile().setExecutable(true);
    for (var folder : List.of("src/main", "sql", "verticles", "conf", "target")) {
      Files.createDirectories(project.resolve(folder));
    }
    Files.writeString(project.resolve("pom.xml"), "<project/>");
    Files.writeString(project.resolve("sql/a.sql"), "SELECT 1");
    java = jdk(temp.resolve("jdk"), "25.0.3");
    maven = temp.resolve("bin");
    program(maven.resolve("mvn"), """
        echo "mvn $*" >> "$HOME/builds"
        echo "noise of the build"
        mkdir -p target/lib
        echo jar > target/agentbus.jar
        exit "${MVN_EXIT:-0}"
        """);
  }

  @Test
  void arguments_and_exit_code_pass_unchanged() throws Exception {
    jar();
    var run = run(Map.of("FAKE_EXIT", "4"), "enqueue-job", "--payload", "{\"a b\": \"*\"}", "");
    assertThat(run.exit).isEqualTo(4);
    assertThat(run.out).endsWith("[-jar][" + project.toRealPath() + "/target/agentbus.jar]"
        + "[enqueue-job][--payload][{\"a b\": \"*\"}][]\n");
  }

  @Test
  void a_node_and_a_command_get_flags_of_their_own_and_the_users_come_last() throws Exception {
    jar();
    var command = run(Map.of("AGENTBUS_JAVA_OPTS", "-Da=1 -Db=*"), "whoami");
    assertThat(command.out).contains("[-XX:TieredStopAtLevel=1]").contains("[-Da=1][-Db=*][-jar]");
    assertThat(run(Map.of(), "up", "--port", "0").out).doesNotContain("TieredStopAtLevel")
        .contains("ExitOnOutOfMemoryError");
  }

  @Test
  void a_link_to_the_launcher_finds_the_project() throws Exception {
    jar();
    var link = Files.createSymbolicLink(temp.resolve("linked"), project.resolve("agentbus"));
    assertThat(start(link, Map.of()).exit).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "LANG=C", "LC_ALL=C", "LC_ALL=POSIX", "LC_ALL=C LANG=C.UTF-8", "LC_CTYPE=C LANG=C.UTF-8", "LANG=xx_XX.UTF-8"})
  void java_and_what_it_starts_get_a_locale_of_utf_8(String given) throws Exception {
    jar();
    tellLocale();
    assertThat(run(variables(given)).out).startsWith("charset UTF-8 ");
  }

  @Test
  void a_locale_of_utf_8_is_left_as_it_is() throws Exception {
    jar();
    tellLocale();
    assertThat(run(variables("LANG=C.UTF-8 LC_TIME=C")).out).isEqualTo("charset UTF-8 LANG=C.UTF-8 LC_TIME=C \n");
    assertThat(run(variables("LC_ALL=C.UTF-8")).out).isEqualTo("charset UTF-8 LC_ALL=C.UTF-8 \n");
    // Only what a letter is changes: messages and the like stay as they were asked for.
    assertThat(run(variables("LANG=C LC_TIME=C")).out).isEqualTo("charset UTF-8 LANG=C LC_CTYPE=C.UTF-8 LC_TIME=C \n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "LC_ALL=C", "LANG=C.UTF-8"})
  void arguments_beyond_ascii_arrive_whatever_the_locale(String given) throws Exception {
    try (var node = new ScriptedNode()) {
      node.on("enqueue_job", "{}");
      var script = temp.resolve("caller");
      // The arguments stand in a file: how this JVM would encode them does not matter.
      program(script, "exec '" + Path.of("agentbus").toAbsolutePath() + "' enqueue-job --target-agent devops --subject 'Grüße 日本 🚀' "
          + "--payload '{\"host\": \"db-ä\"}'");
      var environment = new HashMap<>(variables(given));
      environment.putAll(Map.of("AGENTBUS_JAVA_HOME", System.getProperty("java.home"), "AGENTBUS_NO_BUILD", "1", "AGENTBUS_URL", node.url().toString(),
          "AGENTBUS_TOKEN", "t"));
      var run = start(script, environment);
      assertThat(run.exit).as(run.err).isZero();
      var sent = node.calls("enqueue_job").getLast().input();
      assertThat(sent.get("subject").asText()).isEqualTo("Grüße 日本 🚀");
      assertThat(sent.at("/payload/host").asText()).isEqualTo("db-ä");
    }
  }

  @Test
  void a_missing_jar_is_built_once_and_the_builds_output_stays_off_stdout() throws Exception {
    var run = run(Map.of());
    assertThat(run.exit).isZero();
    assertThat(run.out).doesNotContain("noise");
    assertThat(run.err).contains("building agentbus (first time: downloads libraries, about a minute) ...")
        .contains("noise of the build");
    run(Map.of());
    assertThat(builds()).containsExactly("mvn -B -q -DskipTests process-classes");
    assertThat(project.resolve("target/launcher.lock")).doesNotExist();
  }

  @Test
  void a_newer_source_is_built_again() throws Exception {
    jar();
    run(Map.of());
    assertThat(builds()).isEmpty();
    Files.setLastModifiedTime(project.resolve("sql/a.sql"), FileTime.from(Instant.now().plusSeconds(5)));
    run(Map.of());
    assertThat(builds()).hasSize(1);
  }

  @Test
  void what_changes_while_the_build_runs_is_built_by_the_next_start() throws Exception {
    program(maven.resolve("mvn"), """
        echo "mvn" >> "$HOME/builds"
        touch -t 209901010000 sql/a.sql
        mkdir -p target/lib; echo jar > target/agentbus.jar
        """);
    run(Map.of());
    run(Map.of());
    assertThat(builds()).hasSize(2);
  }

  @Test
  void a_failed_build_is_shown_and_leaves_no_jar() throws Exception {
    var run = run(Map.of("MVN_EXIT", "1"));
    assertThat(run.exit).isEqualTo(1);
    assertThat(run.err).contains("noise of the build").contains("agentbus: the build failed");
    assertThat(project.resolve("target/agentbus.jar")).doesNotExist();
    assertThat(project.resolve("target/launcher.lock")).doesNotExist();
  }

  @Test
  void a_workers_command_never_builds() throws Exception {
    var run = run(Map.of("AGENTBUS_NO_BUILD", "1"));
    assertThat(run.exit).isEqualTo(1);
    assertThat(run.err).contains("agentbus.jar is missing, and AGENTBUS_NO_BUILD forbids to build it");
    assertThat(builds()).isEmpty();
  }

  @Test
  void an_installed_copy_runs_without_sources_and_without_maven() throws Exception {
    jar();
    Files.delete(project.resolve("pom.xml"));
    Files.delete(maven.resolve("mvn"));
    assertThat(run(Map.of()).exit).isZero();
  }

  @Test
  void starts_at_the_same_time_build_once() throws Exception {
    var processes = new ArrayList<Process>();
    for (var i = 0; i < 4; i++) {
      processes.add(process(project.resolve("agentbus"), Map.of()).start());
    }
    for (var process : processes) {
      assertThat(finish(process).exit).isZero();
    }
    assertThat(builds()).hasSize(1);
  }

  @Test
  void the_lock_of_a_dead_builder_is_taken_over() throws Exception {
    var dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Files.createDirectories(project.resolve("target/launcher.lock"));
    Files.writeString(project.resolve("target/launcher.lock/pids"), dead.pid() + "\n");
    assertThat(run(Map.of()).exit).isZero();
    assertThat(builds()).hasSize(1);
  }

  @Test
  void a_jdk_named_by_the_user_must_fit() throws Exception {
    jar();
    var old = jdk(temp.resolve("old"), "17.0.15");
    assertThat(run(Map.of("AGENTBUS_JAVA_HOME", old.toString())).err)
        .contains("is Java 17.0.15; Java 25 or newer is needed");
    assertThat(run(Map.of("AGENTBUS_JAVA_HOME", temp.toString())).err).contains("holds no JDK");
  }

  @Test
  void java_home_goes_first_when_it_fits_and_else_the_highest_of_the_usual_folders() throws Exception {
    jar();
    var other = jdk(temp.resolve("other"), "25.0.1");
    var highest = jdk(temp.resolve(".sdkman/candidates/java/99"), "99.0.2");
    jdk(temp.resolve(".sdkman/candidates/java/98"), "98.0.10");
    var unset = Map.of("AGENTBUS_JAVA_HOME", "");
    assertThat(run(with(unset, "JAVA_HOME", other)).out).startsWith(other.toString());
    var old = jdk(temp.resolve("old"), "17.0.15");
    assertThat(run(with(unset, "JAVA_HOME", old)).out).startsWith(highest.toString());
  }

  @Test
  void the_first_start_after_a_build_makes_a_cache_and_later_ones_use_it() throws Exception {
    jar();
    var aot = Map.of("AGENTBUS_AOT", "on");
    var cache = project.toRealPath().resolve("target/aot/cli-25.0.3.aot");
    assertThat(run(aot, "whoami").out).contains("[-XX:AOTCache=" + cache + "]").doesNotContain("AotTraining");
    var made = Files.getLastModifiedTime(cache);
    assertThat(run(aot, "whoami").out).contains("[-XX:AOTCache=" + cache + "]");
    assertThat(Files.getLastModifiedTime(cache)).isEqualTo(made);
    try (var left = Files.list(cache.getParent())) {
      assertThat(left).containsExactly(cache);
    }
  }

  @Test
  void a_cache_that_cannot_be_made_is_not_tried_again_and_does_no_harm() throws Exception {
    jar();
    var broken = Map.of("AGENTBUS_AOT", "on", "FAKE_TRAINING", "fail");
    assertThat(run(broken, "whoami").exit).isZero();
    var later = run(Map.of("AGENTBUS_AOT", "on"), "whoami");
    assertThat(later.out).doesNotContain("AOTCache");
    assertThat(later.err).isEmpty();
  }

  @Test
  void no_cache_is_made_for_a_workers_command_or_right_after_a_rebuild() throws Exception {
    jar();
    assertThat(run(Map.of("AGENTBUS_AOT", "on", "AGENTBUS_NO_BUILD", "1")).out).doesNotContain("AOTCache");
    Files.createDirectories(project.resolve("target/lib"));
    Files.delete(project.resolve("target/agentbus.jar"));
    assertThat(run(Map.of("AGENTBUS_AOT", "on")).out).doesNotContain("AOTCache");
    assertThat(project.resolve("target/aot")).doesNotExist();
  }

  /** A java that tells the charset of its locale and the variables which make it. */
  private void tellLocale() throws IOException {
    program(java.resolve("bin/java"), """
        printf 'charset %s ' "$(locale charmap 2>/dev/null)"; env | sed -n '/^\\(LANG\\|LC_.*\\)=/p' | sort | tr '\\n' ' '; echo
        """);
  }

  private static Map<String, String> variables(String pairs) {
    return Stream.of(pairs.split(" ")).filter(pair -> !pair.isEmpty()).map(pair -> pair.split("="))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
  }

  private static Map<String, String> with(Map<String, String> base, String name, Path value) {
    var all = new HashMap<>(base);
    all.put(name, value.toString());
    return all;
  }

  private void jar() throws IOException {
    Files.writeString(project.resolve("target/agentbus.jar"), "jar");
    var past = FileTime.from(Instant.now().minusSeconds(60));
    try (var sources = Files.walk(project)) {
      for (var source : (Iterable<Path>) sources::iterator) {
        Files.setLastModifiedTime(source, past);
      }
    }
  }

  private List<String> builds() throws IOException {
    var file = temp.resolve("builds");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private static Path jdk(Path home, String version) throws IOException {
    program(home.resolve("bin/java"), """
        for word in "$@"; do
          case $word in -XX:AOTCacheOutput=*) [ -z "${FAKE_TRAINING:-}" ] || exit 1; echo cache > "${word#*=}" ;; esac
        done
        printf '%s ' "HOME_OF_JAVA"; printf '[%s]' "$@"; echo; exit ${FAKE_EXIT:-0}
        """.replace("HOME_OF_JAVA", home.toString()));
    Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private static void program(Path file, String script) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Run run(Map<String, String> environment, String... arguments) throws Exception {
    return start(project.resolve("agentbus"), environment, arguments);
  }

  private Run start(Path launcher, Map<String, String> environment, String... arguments) throws Exception {
    return finish(process(launcher, environment, arguments).start());
  }

  private ProcessBuilder process(Path launcher, Map<String, String> environment, String... arguments) {
    var command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(temp.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", maven + ":/usr/bin:/bin");
    builder.environment().put("HOME", temp.toString());
    builder.environment().put("AGENTBUS_JAVA_HOME", java.toString());
    builder.environment().put("AGENTBUS_AOT", "off");
    builder.environment().putAll(environment);
    return builder;
  }

  private static Run finish(Process process) throws Exception {
    var out = new String(process.getInputStream().readAllBytes(), UTF_8);
    var err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Run(process.exitValue(), out, err);
  }
}
