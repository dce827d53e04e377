package io.agentbus.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.agentbus.problem.Suggestion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts a node's configuration together: defaults, then the file, then the environment, then the command line, each
 * winning over those before it. Only the result is judged, so that one layer may set what another needs.
 */
public final class ConfigLoader {
  /** The file read from the home folder when no other is named. */
  public static final String FILE_NAME = "agentbus.yaml";

  /** Names the file in the environment, as {@code --config} does on the command line. */
  public static final String FILE_VARIABLE = "AGENTBUS_CONFIG";

  private static final Pattern VERTICLE_KEY = Pattern.compile("verticles(\\.[a-z0-9-]+){2}");
  private static final YAMLMapper YAML = YAMLMapper.builder()
      .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  private final Map<String, String> environment;
  private final Map<String, String> commandLine;
  private final ObjectNode tree = YAML.createObjectNode();
  private final Map<String, Origin> origins = new HashMap<>();

  private ConfigLoader(Map<String, String> environment, Map<String, String> commandLine) {
    this.environment = environment;
    this.commandLine = commandLine;
  }

  /**
   * @param environment the process's variables; a blank one counts as not set, one that names no key is not ours
   * @param commandLine by dotted key ({@code http.port}), the values of flags
   * @param file the file named on the command line; null = the one named by {@value #FILE_VARIABLE}, else
   *     {@code <home>/agentbus.yaml} if it is there
   * @throws ConfigException in sentences for an operator: where, which key, which value, what would be right
   */
  public static LoadedConfig load(Map<String, String> environment, Map<String, String> commandLine,
      @Nullable Path file) {
    return new ConfigLoader(environment, commandLine).load(file);
  }

  /**
   * Reads a YAML file into a tree, empty when the file holds nothing. @throws ConfigException when it cannot be read
   */
  public static JsonNode readYaml(Path file) {
    try {
      return parseYaml(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw caused(new ConfigException("", file + " cannot be read: " + e), e);
    }
  }

  /** @param name what the messages call the text @throws ConfigException when it is not YAML; names line and column */
  public static JsonNode parseYaml(String name, String text) {
    try {
      var read = YAML.readTree(text);
      return read.isMissingNode() || read.isNull() ? YAML.createObjectNode() : read;
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      throw caused(new ConfigException("", name
          + (at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr())
          + ": " + e.getOriginalMessage().lines().findFirst().orElse("not YAML") + "."), e);
    }
  }

  private LoadedConfig load(@Nullable Path named) {
    var keys = Set.copyOf(ConfigKeys.all());
    var fromEnvironment = environmentLayer(keys);
    // What a verticle can be told is judged by its own record, when it is deployed.
    commandLine.keySet().stream().filter(key -> !keys.contains(key) && !VERTICLE_KEY.matcher(key).matches())
        .sorted().findFirst().ifPresent(key -> {
      throw new ConfigException(key, "There is no key " + key + Suggestion.words(key, keys) + ".");
    });
    var file = file(named, fromEnvironment);
    file.ifPresent(this::addFile);
    fromEnvironment.forEach((key, variable) ->
        set(key, variableValue(variable), new Origin(Origin.Kind.ENVIRONMENT, variable)));
    commandLine.forEach((key, value) -> set(key, value, new Origin(Origin.Kind.COMMAND_LINE, flag(key))));
    if (tree.at("/node/name").asText().isEmpty()) {
      set("node.name", hostName(), new Origin(Origin.Kind.MACHINE, "host name"));
    }
    var reader = new RecordReader(key -> origins.getOrDefault(key, Origin.DEFAULT));
    var config = reader.read(AgentbusConfig.class, AgentbusConfig.defaults(), "", tree);
    if (named == null && !isSet(FILE_VARIABLE)) {
      file.ifPresent(found -> refuseOtherHome(config.node().home(), found.toAbsolutePath().normalize()));
    }
    return new LoadedConfig(config, file, Map.copyOf(origins));
  }

  /** By key, the variable that sets it. */
  private Map<String, String> environmentLayer(Set<String> keys) {
    var layer = new HashMap<String, String>();
    for (var key : keys) {
      ConfigKeys.variables(key).stream()
          .filter(variable -> isSet(variable) || isSet(variable + "_FILE") && ConfigKeys.SECRETS.contains(key))
          .findFirst().ifPresent(variable -> layer.put(key, variable));
    }
    return layer;
  }

  private boolean isSet(String variable) {
    return !environment.getOrDefault(variable, "").isBlank();
  }

  /** A secret may stand in a file that the variable with {@code _FILE} names, as container platforms hand them out. */
  private String variableValue(String variable) {
    if (isSet(variable)) {
      return environment.get(variable);
    }
    var file = environment.get(variable + "_FILE");
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      throw caused(new ConfigException("", variable + "_FILE names " + file + ", which cannot be read: " + e), e);
    }
  }

  private Optional<Path> file(@Nullable Path named, Map<String, String> fromEnvironment) {
    var chosen = named != null ? named : isSet(FILE_VARIABLE) ? Path.of(environment.get(FILE_VARIABLE)) : null;
    if (chosen != null) {
      if (!Files.isRegularFile(chosen)) {
        throw new ConfigException("", "The configuration file " + chosen + " is not there.");
      }
      return Optional.of(chosen);
    }
    var home = commandLine.get("node.home");
    if (home == null && fromEnvironment.containsKey("node.home")) {
      home = environment.get(fromEnvironment.get("node.home"));
    }
    var folder = home == null ? NodeConfig.defaults().home() : Path.of(home);
    var inHome = folder.resolve(FILE_NAME);
    return Files.isRegularFile(inHome) ? Optional.of(inHome) : Optional.empty();
  }

  private static void refuseOtherHome(Path home, Path found) {
    if (!home.equals(found.getParent())) {
      throw new ConfigException("node.home", found + " was found in its folder, so it cannot set node.home to " + home
          + ": use --home, AGENTBUS_HOME or a file named by --config.");
    }
  }

  private void addFile(Path file) {
    var read = readYaml(file);
    var origin = new Origin(Origin.Kind.FILE, file.toString());
    if (!read.isObject()) {
      throw new ConfigException("", file + " must hold keys, such as http: {port: 7070}.");
    }
    tree.setAll((ObjectNode) read);
    markOrigins("", read, origin);
  }

  private void markOrigins(String path, JsonNode below, Origin origin) {
    below.properties().forEach(entry -> {
      var key = RecordKeys.path(path, entry.getKey());
      origins.put(key, origin);
      markOrigins(key, entry.getValue(), origin);
    });
  }

  private void set(String key, String value, Origin origin) {
    var names = key.split("\\.");
    var group = tree;
    for (var name : List.of(names).subList(0, names.length - 1)) {
      var below = group.get(name);
      if (below != null && !below.isNull() && !below.isObject()) {
        return; // the file has a plain value where a group of keys belongs; the reader refuses it
      }
      group = below instanceof ObjectNode inner ? inner : group.putObject(name);
    }
    group.put(names[names.length - 1], value);
    origins.put(key, origin);
  }

  private static String flag(String key) {
    return ConfigKeys.SHORT.entrySet().stream().filter(entry -> entry.getValue().equals(key)).findFirst()
        .map(entry -> "--" + entry.getKey()).orElse("--set " + key);
  }

  private static String hostName() {
    try {
      var name = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^[._-]+", "");
      return name.isEmpty() ? "node" : name.substring(0, Math.min(63, name.length()));
    } catch (UnknownHostException e) {
      // A machine without a name of its own is still a node.
      return "node";
    }
  }

  private static ConfigException caused(ConfigException problem, Throwable cause) {
    problem.initCause(cause);
    return problem;
  }
}
