package io.agentbus.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Holds {@code conf/agentbus.yaml}, which operators read, to the records, which run. */
class ConfigFileTest {
  private static final Path FILE = Path.of("conf", "agentbus.yaml");

  @Test
  void it_says_exactly_the_defaults() {
    var read = RecordReader.of(FILE.toString())
        .read(AgentbusConfig.class, null, "", ConfigLoader.readYaml(FILE));
    assertThat(read).isEqualTo(AgentbusConfig.defaults());
  }

  @Test
  void no_key_is_missing_and_they_stand_in_the_order_of_the_records() {
    var keys = new ArrayList<String>();
    collect("", ConfigLoader.readYaml(FILE), keys);
    assertThat(keys).containsExactlyElementsOf(ConfigKeys.all());
  }

  @Test
  void each_key_has_a_comment_of_its_own_or_shares_that_of_the_key_above() throws Exception {
    var lines = Files.readAllLines(FILE);
    for (var i = 1; i < lines.size(); i++) {
      if (lines.get(i).matches("  +[a-z-]+: .+") && !lines.get(i).startsWith("#")) {
        assertThat(lines.get(i - 1)).as("above '%s'", lines.get(i)).matches(" +#.*|  +(page|lease-min|retry-base): .+");
      }
    }
  }

  @Test
  void it_names_the_short_flag_and_the_variables_of_each_key_that_has_them() throws Exception {
    var text = Files.readString(FILE);
    ConfigKeys.SHORT.forEach((name, key) -> {
      var variable = "AGENTBUS_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
      assertThat(ConfigKeys.variables(key)).contains(variable);
      assertThat(text).containsPattern("\\[--" + name + ", " + variable + "[],]");
    });
  }

  private static void collect(String path, JsonNode node, List<String> keys) {
    node.properties().forEach(entry -> {
      var key = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
      if (entry.getValue().isObject() && !entry.getValue().isEmpty()) {
        collect(key, entry.getValue(), keys);
      } else {
        keys.add(key);
      }
    });
  }
}
