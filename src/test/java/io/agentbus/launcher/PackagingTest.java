package io.agentbus.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.config.ConfigKeys;
import io.agentbus.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Image, compose file and unit set variables by name, and a wrong name would be passed over in silence. */
class PackagingTest {
  private static final Pattern VARIABLE = Pattern.compile("\\b(AGENTBUS_[A-Z_]+|DATABASE_URL)\\b");

  @ParameterizedTest
  @ValueSource(strings = {"Dockerfile", "compose.yaml", "conf/systemd/agentbus.service"})
  void every_variable_that_is_set_is_one_that_is_read(String file) throws IOException {
    var named = VARIABLE.matcher(Files.readString(Path.of(file))).results().map(match -> match.group(1)).toList();
    assertThat(named).isNotEmpty();
    assertThat(known()).containsAll(named);
  }

  private static Set<String> known() throws IOException {
    var known = new HashSet<>(Set.of(ConfigLoader.FILE_VARIABLE));
    ConfigKeys.all().forEach(key -> known.addAll(ConfigKeys.variables(key)));
    VARIABLE.matcher(Files.readString(Path.of("agentbus"))).results().forEach(match -> known.add(match.group(1)));
    return known;
  }
}
