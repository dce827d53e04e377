package io.agentbus.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A configuration and where each of its values came from.
 *
 * @param file the file that was read, if one was there
 * @param origins by dotted key, for every value that is not a default
 */
public record LoadedConfig(AgentbusConfig config, Optional<Path> file, Map<String, Origin> origins) {

  /** One effective value. @param text as it would stand in YAML; a secret is {@code ***} */
  public record Setting(String key, String text, Origin origin) {}

  /** Every effective value, in the order of {@code conf/agentbus.yaml}. */
  public List<Setting> settings() {
    var settings = new ArrayList<Setting>();
    RecordKeys.walk("", config, (key, value) ->
        settings.add(new Setting(key, RecordKeys.text(value), origins.getOrDefault(key, Origin.DEFAULT))));
    return List.copyOf(settings);
  }
}
