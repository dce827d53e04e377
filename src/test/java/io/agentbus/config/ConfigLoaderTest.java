package io.agentbus.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
  @TempDir Path home;

  @Test
  void nothing_set_gives_the_defaults_and_the_host_name() {
    var loaded = load(Map.of(), Map.of());
    var defaults = AgentbusConfig.defaults();
    assertThat(loaded.config().http()).isEqualTo(defaults.http());
    assertThat(loaded.config().limits()).isEqualTo(defaults.limits());
    assertThat(loaded.config().node().home()).isEqualTo(home);
    assertThat(loaded.config().node().name()).isNotEmpty();
    assertThat(origin(loaded, "node.name")).isEqualTo("this machine's host name");
    assertThat(origin(loaded, "http.port")).isEqualTo("default");
    assertThat(loaded.file()).isEmpty();
  }

  @Test
  void each_layer_wins_over_those_before_it() {
    write("http: {port: 1001, idle-timeout: 2m, max-connections: 7}\nbus: {port: 1002}\njobs: {default-lease: 30s}");
    var loaded = load(Map.of("AGENTBUS_PORT", "2001", "AGENTBUS_BUS_PORT", "2002"), Map.of("http.port", "3001"));
    assertThat(loaded.config().http().port()).isEqualTo(3001);
    assertThat(loaded.config().bus().port()).isEqualTo(2002);
    assertThat(loaded.config().http().maxConnections()).isEqualTo(7);
    assertThat(loaded.config().jobs().defaultLease()).isEqualTo(Duration.ofSeconds(30));
    assertThat(origin(loaded, "http.port")).isEqualTo("command line --port");
    assertThat(origin(loaded, "bus.port")).isEqualTo("environment AGENTBUS_BUS_PORT");
    assertThat(origin(loaded, "http.idle-timeout")).isEqualTo(home.resolve("agentbus.yaml").toString());
  }

  @Test
  void every_key_has_a_variable_made_of_its_path() {
    var loaded = load(Map.of("AGENTBUS_HTTP_IDLE_TIMEOUT", "3m", "AGENTBUS_DATABASE_EMBEDDED_SHARED_BUFFERS", "64MiB",
        "AGENTBUS_NODE_ROLES", "api, ingress", "AGENTBUS_HTTP_ALLOWED_HOSTS", "bus.example.com"), Map.of());
    assertThat(loaded.config().http().idleTimeout()).isEqualTo(Duration.ofMinutes(3));
    assertThat(loaded.config().database().embedded().sharedBuffers()).isEqualTo(ByteSize.ofMiB(64));
    assertThat(loaded.config().node().roles()).containsExactly(NodeRole.API, NodeRole.INGRESS);
    assertThat(loaded.config().http().allowedHosts()).containsExactly("bus.example.com");
  }

  @Test
  void a_blank_variable_counts_as_not_set_and_a_foreign_one_is_left_alone() {
    var loaded = load(Map.of("AGENTBUS_PORT", " ", "AGENTBUS_TOKEN", "abt_x", "AGENTBUS_JOB_ID", "1"), Map.of());
    assertThat(loaded.config().http().port()).isEqualTo(7070);
  }

  @Test
  void the_database_url_is_read_from_a_file_that_the_environment_names() throws IOException {
    var file = Files.writeString(home.resolve("url"), "postgresql://u:pw@db/agentbus\n");
    var loaded = load(Map.of("DATABASE_URL_FILE", file.toString()), Map.of());
    assertThat(loaded.config().database().url()).isEqualTo(new Secret("postgresql://u:pw@db/agentbus"));
  }

  @Test
  void a_secret_is_printed_nowhere() {
    var loaded = load(Map.of("DATABASE_URL", "postgresql://u:hunter2@db/agentbus"), Map.of());
    assertThat(loaded.toString()).doesNotContain("hunter2");
    assertThat(loaded.settings()).anySatisfy(setting -> {
      assertThat(setting.key()).isEqualTo("database.url");
      assertThat(setting.text()).isEqualTo("***");
    });
    assertThatThrownBy(() -> load(Map.of("DATABASE_URL", "mysql://u:hunter2@db"), Map.of()))
        .hasMessageContaining("environment DATABASE_URL: database.url is ***; it must start with postgresql://")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void one_layer_may_set_what_another_needs() {
    write("http: {listen: 0.0.0.0}");
    assertThatThrownBy(() -> load(Map.of(), Map.of())).isInstanceOf(ConfigException.class)
        .hasMessageContaining("http.listen is 0.0.0.0").hasMessageContaining("insecure-listen");
    assertThat(load(Map.of(), Map.of("http.insecure-listen", "true")).config().http().listen()).isEqualTo("0.0.0.0");
  }

  @Test
  void an_unknown_key_is_refused_with_the_one_that_was_meant() {
    write("http:\n  prot: 80");
    assertThatThrownBy(() -> load(Map.of(), Map.of())).isInstanceOf(ConfigException.class)
        .hasMessage(home.resolve("agentbus.yaml") + ": there is no key http.prot; did you mean http.port?");
    write("");
    assertThatThrownBy(() -> load(Map.of(), Map.of("http.prot", "80")))
        .hasMessageContaining("did you mean 'http.port'?");
  }

  @Test
  void a_cluster_that_other_machines_reach_needs_tls_or_a_closed_network_and_a_secret() {
    var tls = "tls-cert: /c.pem, tls-key: /k.pem, tls-ca: /ca.pem";
    var secret = "secret: 0123456789abcdef0123456789abcdef";
    assertRefused("listen: 10.0.0.1, " + secret, "bus.cluster.listen is 10.0.0.1; it is reachable from other machines");
    assertRefused("listen: 10.0.0.1, " + tls, "bus.cluster.secret is not set; it must be set when bus.cluster.listen (10.0.0.1)");
    assertRefused("listen: 0.0.0.0, " + tls + ", " + secret, "bus.cluster.public-host is not set");
    assertRefused("port: 7070", "bus.cluster.port is 7070; it must differ from http.port and bus.port");
    write("bus: {cluster: {enabled: true, listen: 10.0.0.1, insecure-listen: true, " + secret + "}}");
    assertThat(load(Map.of(), Map.of()).config().bus().cluster().reachedAt()).isEqualTo("10.0.0.1");
    write("bus: {cluster: {enabled: true, listen: 0.0.0.0, public-host: one.example.com, " + tls + ", " + secret + "}}");
    assertThat(load(Map.of(), Map.of()).config().bus().cluster().reachedAt()).isEqualTo("one.example.com");
    write("");
    assertThat(load(Map.of("AGENTBUS_CLUSTER", "true"), Map.of()).config().bus().cluster().enabled()).as("on loopback").isTrue();
  }

  private void assertRefused(String cluster, String sentence) {
    write("bus: {cluster: {enabled: true, " + cluster + "}}");
    assertThatThrownBy(() -> load(Map.of(), Map.of())).isInstanceOf(ConfigException.class).hasMessageContaining(sentence);
  }

  @Test
  void the_secret_of_a_cluster_is_read_from_a_file_and_not_shown() throws IOException {
    var file = Files.writeString(home.resolve("secret"), "hunter2hunter2hunter2hunter2hunter2\n");
    var loaded = load(Map.of("AGENTBUS_BUS_CLUSTER_SECRET_FILE", file.toString()), Map.of());
    assertThat(loaded.config().bus().cluster().secret()).isEqualTo(new Secret("hunter2hunter2hunter2hunter2hunter2"));
    assertThat(loaded.toString() + loaded.settings()).doesNotContain("hunter2");
  }

  @Test
  void a_setting_of_a_verticle_may_come_from_the_command_line() {
    var loaded = load(Map.of(), Map.of("verticles.lease-sweeper.sweep-every", "2s"));
    assertThat(loaded.config().verticles().get("lease-sweeper").get("sweep-every").asText()).isEqualTo("2s");
    assertThatThrownBy(() -> load(Map.of(), Map.of("verticles.lease-sweeper", "2s"))).isInstanceOf(ConfigException.class);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      AGENTBUS_PORT                  | eighty    | http.port is "eighty"; it must be a whole number
      AGENTBUS_PORT                  | 70000     | http.port is 70000; it must be a whole number from 0 to 65535.
      AGENTBUS_PORT                  | 7071      | bus.port is 7071; it must differ from http.port.
      AGENTBUS_HTTP_IDLE_TIMEOUT     | 90        | it must be a whole number and a unit, such as 250ms, 5s
      AGENTBUS_HTTP_IDLE_TIMEOUT     | 10ms      | http.idle-timeout is 10ms; it must be from 1s to 1h.
      AGENTBUS_LIMITS_PAYLOAD        | 256k      | it must be a whole number and a unit, such as 512B, 256KiB
      AGENTBUS_LIMITS_PAYLOAD        | 8MiB      | limits.payload is 8MiB; it must be from 1KiB to 4MiB.
      AGENTBUS_ROLES                 | api,apo   | it must be one of api, dispatch, maintenance, ingress
      AGENTBUS_ROLES                 | api,api   | must name each role once
      AGENTBUS_NAME                  | a b       | node.name is "a b"
      AGENTBUS_TLS_CERT              | /c.pem    | it must be set together with http.tls-cert
      AGENTBUS_INSECURE_LISTEN       | maybe     | it must be true or false
      AGENTBUS_JOBS_RETRY_BASE       | 1h        | jobs.retry-base is 1h; it must be from 0s to 15m.
      AGENTBUS_DATABASE_POOL_SIZE    | 58        | at least 4 below database.embedded.max-connections
      AGENTBUS_CLUSTER_MEMBERS       | bus.example.com | must be a list of host:port, such as 10.0.0.2:7072
      AGENTBUS_CLUSTER_MEMBERS       | bus:70000 | must be a list of host:port
      AGENTBUS_BUS_CLUSTER_SECRET    | too-short | bus.cluster.secret is ***; it must have at least 32 characters
      AGENTBUS_BUS_CLUSTER_TLS_CERT  | /c.pem    | bus.cluster.tls-key is not set; it must be set together with
      AGENTBUS_CLUSTER_PORT          | 7073      | bus.cluster.bus-port is 7073; it must differ from bus.cluster.port.
      AGENTBUS_LOG_LEVEL             | loud      | it must be one of error, warn, info, debug, trace
      """)
  void a_bad_value_is_refused_with_what_would_be_right(String variable, String value, String sentence) {
    assertThatThrownBy(() -> load(Map.of(variable, value), Map.of())).isInstanceOf(ConfigException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void a_file_that_is_not_yaml_is_refused_with_line_and_column() {
    write("http:\n  port: [1\nbus: 2");
    assertThatThrownBy(() -> load(Map.of(), Map.of())).isInstanceOf(ConfigException.class)
        .hasMessageMatching("(?s).*agentbus.yaml, line \\d, column \\d+: .*");
    write("http: {port: 1}\nhttp: {port: 2}");
    assertThatThrownBy(() -> load(Map.of(), Map.of())).isInstanceOf(ConfigException.class)
        .hasMessageContaining("uplicate");
    write("http: 5");
    assertThatThrownBy(() -> load(Map.of("AGENTBUS_PORT", "1"), Map.of()))
        .hasMessageContaining("http is 5; it must hold keys: port");
  }

  @Test
  void a_named_file_must_be_there_and_goes_before_the_one_in_the_home() throws IOException {
    write("bus: {port: 1002}");
    var other = Files.writeString(home.resolve("other.yaml"), "bus: {port: 1003}");
    assertThat(load(Map.of("AGENTBUS_CONFIG", other.toString()), Map.of()).config().bus().port()).isEqualTo(1003);
    assertThatThrownBy(() -> ConfigLoader.load(Map.of(), Map.of(), home.resolve("absent.yaml")))
        .hasMessageContaining("absent.yaml is not there");
  }

  @Test
  void a_file_found_in_the_default_home_cannot_name_another() throws IOException {
    var before = System.getProperty("user.home");
    System.setProperty("user.home", home.toString());
    try {
      Files.createDirectory(home.resolve(".agentbus"));
      Files.writeString(home.resolve(".agentbus/agentbus.yaml"), "node: {home: ~/.agentbus}");
      assertThat(ConfigLoader.load(Map.of(), Map.of(), null).config().node().home())
          .isEqualTo(home.resolve(".agentbus"));
      Files.writeString(home.resolve(".agentbus/agentbus.yaml"), "node: {home: /elsewhere}");
      assertThatThrownBy(() -> ConfigLoader.load(Map.of(), Map.of(), null))
          .hasMessageContaining("cannot set node.home");
    } finally {
      System.setProperty("user.home", before);
    }
  }

  @Test
  void overrides_of_verticles_are_handed_on_as_they_stand() {
    write("verticles: {lease-sweeper: {sweep-every: 1s}}");
    assertThat(load(Map.of(), Map.of()).config().verticles().get("lease-sweeper").get("sweep-every").asText())
        .isEqualTo("1s");
  }

  private LoadedConfig load(Map<String, String> environment, Map<String, String> commandLine) {
    var all = new HashMap<>(environment);
    all.put("AGENTBUS_HOME", home.toString());
    return ConfigLoader.load(all, commandLine, null);
  }

  private void write(String yaml) {
    try {
      Files.writeString(home.resolve("agentbus.yaml"), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String origin(LoadedConfig loaded, String key) {
    return loaded.settings().stream().filter(setting -> setting.key().equals(key)).findFirst().orElseThrow().origin()
        .toString();
  }
}
