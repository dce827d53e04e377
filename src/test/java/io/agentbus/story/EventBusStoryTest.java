package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.bus.cluster.Cluster;
import io.agentbus.config.ClusterConfig;
import io.agentbus.db.Migrator;
import io.agentbus.testkit.BusCaller;
import io.agentbus.testkit.CompiledExample;
import io.agentbus.testkit.FreePorts;
import io.agentbus.testkit.JavaProgram;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Truth;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes in a cluster, and this process as a third member of it: a program of somebody who works over the event bus. */
@Timeout(180)
class EventBusStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final List<Integer> PORTS = FreePorts.some(3);
  private static final List<String> MEMBERS = PORTS.stream().map(port -> "127.0.0.1:" + port).toList();
  @TempDir
  static Path folder;
  private static NodeProcess one;
  private static NodeProcess two;
  private static Vertx member;
  private static Truth truth;

  @BeforeAll
  static void start() {
    one = NodeProcess.over(DATABASE, folder, "one", flags(0));
    two = NodeProcess.over(DATABASE, folder, "two", flags(1));
    truth = one.truth();
    var usual = ClusterConfig.defaults();
    var config = new ClusterConfig(true, usual.name(), null, usual.listen(), null, PORTS.get(2), 0, MEMBERS, false, null, null, null);
    var cluster = new Cluster(config, "program", new Migrator(DATABASE.url()).databaseId());
    member = done(cluster.join(Vertx.builder(), new VertxOptions()));
    await().atMost(JavaProgram.LONG).until(() -> cluster.members().size() == 3);
  }

  @AfterAll
  static void stop() {
    done(member.close());
    two.close();
    one.close();
  }

  private static String[] flags(int which) {
    return new String[] {"--cluster", "--cluster-port", PORTS.get(which).toString(), "--cluster-members", String.join(",", MEMBERS), "--set", "bus.cluster.bus-port=0"};
  }

  private static <T> T done(io.vertx.core.Future<T> future) {
    return BusCaller.await(future.toCompletionStage().toCompletableFuture());
  }

  /** The agent's program is the one that docs/bus.md shows, compiled from there. */
  @Test
  void an_agent_gets_its_job_over_the_event_bus_and_completes_it() throws Exception {
    var token = one.registerAgent("acme", "devops", 0);
    one.caller(token).call("update_agent", "{\"channel\": \"eventbus\"}");
    var program = CompiledExample.of(Path.of("docs/bus.md"), folder);
    var agent = program.getConstructor(Vertx.class, String.class).newInstance(member, token);
    program.getMethod("start").invoke(agent);
    var heard = new CopyOnWriteArrayList<String>();
    done(member.eventBus().<JsonObject>consumer("agentbus.event.job.succeeded",
        message -> heard.add(message.body().getString("source_job_id"))).completion());
    var jobs = IntStream.range(0, 10).mapToObj(i -> (i % 2 == 0 ? one : two)
        .enqueue("\"namespace\": \"acme\", \"target_agent\": \"devops\", \"payload\": {\"host\": \"db" + i + "\"}")).toList();
    for (var i = 0; i < jobs.size(); i++) {
      truth.awaitStatus(jobs.get(i), "succeeded");
      assertThat(truth.result(jobs.get(i), "checked")).isEqualTo("db" + i);
      assertThat(truth.attempts(jobs.get(i)).getLast()).isEqualTo("1 succeeded counted");
    }
    await().atMost(JavaProgram.LONG).until(() -> new HashSet<>(heard).containsAll(jobs));
  }

  /** Promise: a job for an agent that is not there waits for it, and no attempt is used up meanwhile. */
  @Test
  void an_agent_that_comes_late_finds_its_job_with_all_its_attempts() {
    var token = one.registerAgent("acme", "late", 1);
    one.caller(token).call("update_agent", "{\"channel\": \"eventbus\"}");
    var job = one.enqueue("\"namespace\": \"acme\", \"target_agent\": \"late\"");
    await().atMost(JavaProgram.LONG).until(() -> truth.count("SELECT count(*) FROM job_attempts WHERE job_id = ?::uuid AND status = 'cancelled'", job) >= 2);
    assertThat(truth.attempts(job)).allMatch(attempt -> attempt.equals("1 cancelled") || attempt.equals("1 leased counted"));
    var as = new BusCaller(member, token);
    done(member.eventBus().<JsonObject>consumer("agentbus.agent.acme.late", message -> {
      message.reply(null);
      as.later("complete_job", new JsonObject().put("job_id", message.body().getString("id")).put("fence", message.body().getLong("fence")),
          new io.vertx.core.eventbus.DeliveryOptions());
    }).completion());
    truth.awaitStatus(job, "succeeded");
    assertThat(truth.attempts(job).getLast()).isEqualTo("1 succeeded counted");
  }

  /** Promise: no event is left out when the node that publishes them dies; some may come twice. */
  @Test
  void after_the_death_of_the_node_that_publishes_every_event_still_comes() throws Exception {
    var heard = new CopyOnWriteArrayList<String>();
    done(member.eventBus().<JsonObject>consumer("agentbus.event.infra.counted", message -> heard.add(message.body().getString("id"))).completion());
    await().atMost(JavaProgram.LONG).until(() -> truth.holds("EXISTS (SELECT FROM event_publisher WHERE renewed_at > now() - interval '3 seconds')"));
    var publishes = truth.one("SELECT node FROM event_publisher").equals("one") ? one : two;
    var other = publishes == one ? two : one;
    var wanted = new ArrayList<String>();
    for (var i = 0; i < 30; i++) {
      if (i == 10) {
        publishes.kill9();
      }
      wanted.add(other.operator().call("emit_event", "{\"namespace\": \"acme\", \"topic\": \"infra.counted\"}").get("id").asText());
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> new HashSet<>(heard).containsAll(wanted));
    var firsts = heard.stream().distinct().toList();
    assertThat(firsts).isEqualTo(wanted);
    publishes.up(flags(publishes == one ? 0 : 1));
  }
}
