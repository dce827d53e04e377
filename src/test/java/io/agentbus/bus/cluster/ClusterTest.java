package io.agentbus.bus.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agentbus.config.ClusterConfig;
import io.agentbus.config.Secret;
import io.agentbus.testkit.Certificates;
import io.agentbus.testkit.FreePorts;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who becomes a member, and who does not. */
@Timeout(120)
class ClusterTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final Duration LONG = Duration.ofSeconds(30);

  private record Member(String name, Cluster cluster, Vertx vertx) {}

  @TempDir
  private static Path folder;
  private final List<Member> started = new ArrayList<>();
  private final List<Integer> ports = FreePorts.some(5);

  @AfterEach
  void stop() throws Exception {
    for (var member : started.reversed()) {
      wait(member.vertx.close());
    }
  }

  @Test
  void nodes_that_list_each_other_share_one_event_bus_until_one_leaves() throws Exception {
    var one = start("one", 0, SECRET, "database");
    var two = start("two", 1, SECRET, "database");
    assertThat(one.cluster.members()).containsExactly("one", "two");
    assertThat(two.cluster.members()).containsExactly("one", "two");
    var heard = new CompletableFuture<JsonObject>();
    wait(two.vertx.eventBus().<JsonObject>consumer("test", message -> heard.complete(message.body())).completion());
    await().atMost(LONG).until(() -> {
      one.vertx.eventBus().publish("test", new JsonObject().put("from", "one"));
      return heard.isDone();
    });
    assertThat(heard.get().getString("from")).isEqualTo("one");
    started.remove(two);
    wait(two.vertx.close());
    await().atMost(LONG).untilAsserted(() -> assertThat(one.cluster.members()).containsExactly("one"));
  }

  @Test
  void a_node_with_another_secret_or_none_or_another_database_becomes_no_member() throws Exception {
    var right = List.of(start("one", 0, SECRET, "database"), start("two", 1, SECRET, "database"));
    var strangers = List.of(start("other-secret", 2, SECRET.replace('0', '9'), "database"), start("no-secret", 3, null, "database"),
        start("other-database", 4, SECRET, "another"));
    // They list each other, and look again for others from the fifth second on.
    await().during(Duration.ofSeconds(7)).atMost(LONG).untilAsserted(() -> {
      right.forEach(member -> assertThat(member.cluster.members()).containsExactly("one", "two"));
      strangers.forEach(member -> assertThat(member.cluster.members()).hasSize(1));
    });
  }

  @Test
  void messages_travel_only_between_holders_of_certificates_of_the_authority() throws Exception {
    var ours = Certificates.selfSigned(folder, "ours");
    var theirs = Certificates.selfSigned(folder, "theirs");
    var one = start("one", "database", tls(0, ours));
    var two = start("two", "database", tls(1, ours));
    var stranger = start("stranger", "database", tls(2, theirs));
    assertThat(one.cluster.members()).as("it knows the secret").containsExactly("one", "stranger", "two");
    wait(one.vertx.eventBus().<String>consumer("test", message -> message.reply("heard " + message.body())).completion());
    await().atMost(LONG).untilAsserted(() -> assertThat(ask(two)).isEqualTo("heard two"));
    assertThatThrownBy(() -> ask(stranger)).hasMessageContaining("Timed out");
    assertThatThrownBy(() -> ask(start("bare", "database", config(3, SECRET)))).hasMessageContaining("Timed out");
  }

  private static String ask(Member member) throws Exception {
    return (String) wait(member.vertx.eventBus().request("test", member.name, new DeliveryOptions().setSendTimeout(3_000))).body();
  }

  @Test
  void the_port_of_the_membership_speaks_with_members_alone() throws Exception {
    start("one", 0, SECRET, "database");
    for (var greeting : List.of("GET /hazelcast/health HTTP/1.1\r\nHost: localhost\r\n\r\n", "CP2", "version\r\n")) {
      assertThat(answer(greeting)).as(greeting).isIn("", "HZX");
    }
  }

  /** The beginning of what the port says, or nothing when it closes the connection first. */
  private String answer(String greeting) throws IOException {
    try (var socket = new Socket("127.0.0.1", ports.getFirst())) {
      socket.setSoTimeout((int) LONG.toMillis());
      socket.getOutputStream().write(greeting.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(3), StandardCharsets.US_ASCII);
    } catch (SocketException reset) {
      // Closed with what was sent unread: as good an end as any.
      assertThat(reset).hasMessageContaining("reset");
      return "";
    }
  }

  @Test
  void the_name_that_travels_tells_nothing_of_the_secret_and_differs_with_all_that_must_be_the_same() {
    var name = ClusterName.of(config(0, SECRET), "database");
    assertThat(name).matches("agentbus-[0-9a-f]{64}").doesNotContain(SECRET).isEqualTo(ClusterName.of(config(1, SECRET), "database"));
    assertThat(List.of(ClusterName.of(config(0, SECRET), "another"), ClusterName.of(config(0, SECRET + "0"), "database"),
        ClusterName.of(config(0, null), "database"))).doesNotContain(name).doesNotHaveDuplicates();
  }

  private Member start(String name, int which, @Nullable String secret, String databaseId) throws Exception {
    return start(name, databaseId, config(which, secret));
  }

  private Member start(String name, String databaseId, ClusterConfig config) throws Exception {
    var cluster = new Cluster(config, name, databaseId);
    var member = new Member(name, cluster, wait(cluster.join(Vertx.builder(), new VertxOptions())));
    started.add(member);
    return member;
  }

  private static <T> T wait(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(LONG.toSeconds(), TimeUnit.SECONDS);
  }

  private ClusterConfig tls(int which, Certificates.Files files) {
    var plain = config(which, SECRET);
    return new ClusterConfig(true, plain.name(), plain.secret(), plain.listen(), null, plain.port(), 0, plain.members(), false,
        files.certificate(), files.key(), files.certificate());
  }

  private ClusterConfig config(int which, @Nullable String secret) {
    var usual = ClusterConfig.defaults();
    var members = ports.stream().map(port -> "127.0.0.1:" + port).toList();
    return new ClusterConfig(true, usual.name(), secret == null ? null : new Secret(secret), usual.listen(), null, ports.get(which), 0, members,
        false, null, null, null);
  }
}
