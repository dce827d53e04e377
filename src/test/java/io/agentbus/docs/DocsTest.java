package io.agentbus.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.agentbus.app.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents say can be followed: links lead somewhere, commands and operations exist, blocks parse. */
class DocsTest {
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)#\\s]+)(#[^)]*)?\\)");
  private static final Pattern COMMAND = Pattern.compile("(?m)^\\s*(?:\\S+=\\S+ )*\\./agentbus ([a-z-]+)");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```");
  private static final Pattern PATH = Pattern.compile("`((?:conf|docs|sql|src|verticles|bench)/[A-Za-z0-9_./-]*)`");

  @Test
  void links_lead_to_files() throws IOException {
    var dead = new ArrayList<String>();
    for (var page : pages()) {
      LINK.matcher(read(page)).results().map(found -> found.group(1)).filter(target -> !target.contains("://")).forEach(target -> {
        if (!Files.exists(page.toAbsolutePath().getParent().resolve(target).normalize())) {
          dead.add(page + " -> " + target);
        }
      });
    }
    assertThat(dead).isEmpty();
  }

  @Test
  void paths_that_are_named_are_there() throws IOException {
    var absent = new TreeSet<String>();
    for (var page : pages()) {
      PATH.matcher(read(page)).results().map(found -> found.group(1)).filter(path -> !path.matches(".*(\\*|N__).*") && !Files.exists(Path.of(path)))
          .forEach(path -> absent.add(page + " -> " + path));
    }
    assertThat(absent).isEmpty();
  }

  @Test
  void commands_in_the_documents_exist() throws IOException {
    var known = Stream.concat(Commands.operations().stream().map(operation -> operation.name().replace('_', '-')),
        Stream.concat(Commands.nodeCommands().stream().map(command -> command.name()), Stream.of("help", "demo", "bench", "completion")))
        .collect(Collectors.toSet());
    var used = new TreeSet<String>();
    for (var page : pages()) {
      COMMAND.matcher(read(page)).results().forEach(found -> used.add(found.group(1)));
    }
    assertThat(used).isNotEmpty().isSubsetOf(known);
  }

  @Test
  void json_and_yaml_blocks_parse() throws IOException {
    var parsers = Map.<String, ObjectMapper>of("json", new ObjectMapper(), "yaml", new YAMLMapper());
    for (var page : pages()) {
      for (var found : BLOCK.matcher(read(page)).results().toList()) {
        var parser = parsers.get(found.group(1));
        if (parser != null) {
          assertThat(parser.readTree(found.group(2))).as(page + ": " + found.group(2)).isNotNull();
        }
      }
    }
  }

  @Test
  void the_index_of_decisions_names_each_of_them() throws IOException {
    var index = Files.readString(Path.of("docs/adr/README.md"));
    try (var files = Files.list(Path.of("docs/adr"))) {
      var numbers = files.map(file -> file.getFileName().toString()).filter(name -> name.matches("\\d{4}-.*\\.md")).toList();
      assertThat(numbers).isNotEmpty().allMatch(index::contains);
      assertThat(numbers.stream().map(name -> name.substring(0, 4)).collect(Collectors.toSet())).hasSameSizeAs(numbers);
    }
  }

  private static List<Path> pages() throws IOException {
    var skipped = Set.of("target", "node_modules", "wt", ".git");
    try (var files = Files.walk(Path.of("."))) {
      return files.filter(file -> file.toString().endsWith(".md"))
          .filter(file -> Stream.of(file.toString().split("/")).noneMatch(skipped::contains)).toList();
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
