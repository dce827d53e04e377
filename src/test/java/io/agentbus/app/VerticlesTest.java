package io.agentbus.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import io.agentbus.config.ConfigException;
import io.agentbus.dispatch.LeaseSweeperConfig;
import io.agentbus.door.cli.Terminal;
import io.agentbus.loop.LoopVerticle;
import io.agentbus.op.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The descriptors of {@code verticles/} are held to the code. */
class VerticlesTest {
  /** What is said and heard: the channels of {@code io.agentbus.bus.WakeUps} and addresses of {@code io.agentbus.bus.Addresses}. */
  private static final Set<String> CHANNELS = Set.of("jobs_ready", "events_inserted", "agentbus_changes", "agentbus.event.*", "agentbus.agent.*",
      "subscriptions.*");
  private final List<VerticleDescriptor> all = VerticleDescriptor.all();

  @Test
  void every_file_is_deployed_and_every_deployed_verticle_has_its_file() throws IOException {
    try (var files = Files.list(Path.of("verticles"))) {
      var names = files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".yaml")).map(name -> name.replace(".yaml", ""));
      assertThat(names).containsExactlyInAnyOrderElementsOf(all.stream().map(VerticleDescriptor::name).toList());
    }
  }

  @Test
  void every_verticle_of_a_feature_has_one_descriptor_that_names_its_class() {
    var classes = new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("io.agentbus").stream()
        .filter(found -> found.isAssignableTo(LoopVerticle.class) && !found.getModifiers().contains(JavaModifier.ABSTRACT))
        .map(found -> found.getName()).collect(Collectors.toSet());
    assertThat(all.stream().map(VerticleDescriptor::className)).containsExactlyInAnyOrderElementsOf(classes);
  }

  @Test
  void classes_are_final_verticles() throws ClassNotFoundException {
    for (var descriptor : all) {
      var type = Class.forName(descriptor.className());
      assertThat(LoopVerticle.class).as(descriptor.name()).isAssignableFrom(type);
      assertThat(Modifier.isFinal(type.getModifiers())).as(descriptor.name()).isTrue();
    }
  }

  @Test
  void descriptors_say_what_they_do_on_which_nodes_and_name_real_channels() {
    for (var descriptor : all) {
      assertThat(descriptor.does()).as(descriptor.name()).endsWith(".");
      assertThat(descriptor.nodeRoles()).as(descriptor.name()).isNotEmpty();
      assertThat(descriptor.instances()).as(descriptor.name()).isPositive();
      assertThat(CHANNELS).as(descriptor.name()).containsAll(descriptor.hears()).containsAll(descriptor.says());
    }
  }

  @Test
  void the_defaults_are_taken_by_the_config_records() throws Exception {
    for (var descriptor : all) {
      var type = Class.forName(descriptor.className().replace("Verticle", "Config")).asSubclass(Record.class);
      assertThat(descriptor.configuredAs(type, MissingNode.getInstance())).as(descriptor.name()).isNotNull();
    }
  }

  @Test
  void the_command_lists_every_verticle_and_every_address() throws Exception {
    var out = new ByteArrayOutputStream();
    var terminal = new Terminal(InputStream.nullInputStream(), new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(OutputStream.nullOutputStream()), false, () -> 80, Map.of());
    assertThat(new VerticlesCommand().run(List.of(), terminal)).isZero();
    var listed = Json.MAPPER.readTree(out.toByteArray());
    assertThat(listed.get("verticles").findValuesAsText("name")).containsExactlyElementsOf(all.stream().map(VerticleDescriptor::name).toList());
    assertThat(listed.get("addresses").findValuesAsText("address"))
        .contains("agentbus.op.<operation>", "agentbus.event.<topic>", "agentbus.agent.<namespace>.<name>")
        .containsAll(Commands.operations().stream().map(operation -> "agentbus.op." + operation.name()).toList());
    assertThat(listed.get("addresses").findValuesAsText("kind")).containsOnly("request", "published");
  }

  @Test
  void the_command_tells_people_what_verticles_hear_and_say() {
    var out = new ByteArrayOutputStream();
    var terminal = new Terminal(InputStream.nullInputStream(), new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(OutputStream.nullOutputStream()), true, () -> 80, Map.of());
    assertThat(new VerticlesCommand().run(List.of(), terminal)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("dispatcher  (dispatch, virtual-thread)", "hears: jobs_ready, agentbus_changes",
        "says: agentbus.agent.*", "agentbus.event.<topic>  (published)");
  }

  @Test
  void an_override_of_a_key_that_is_not_there_is_refused_with_a_hint() {
    var sweeper = VerticleDescriptor.read("lease-sweeper");
    var wrong = JsonNodeFactory.instance.objectNode().put("sweep-evry", "2s");
    assertThatThrownBy(() -> sweeper.configuredAs(LeaseSweeperConfig.class, wrong)).isInstanceOf(ConfigException.class)
        .hasMessageContaining("sweep-every");
  }
}
