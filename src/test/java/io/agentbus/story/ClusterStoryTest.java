package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.client.CallFailed;
import io.agentbus.client.Unreachable;
import io.agentbus.testkit.FreePorts;
import io.agentbus.testkit.JavaProgram;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Truth;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes of one database in a cluster, and one beside it. What took how long is printed, and only awaited with a limit. */
@Timeout(180)
class ClusterStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final List<String> NAMES = List.of("one", "two", "three");
  private static final List<Integer> PORTS = FreePorts.some(NAMES.size());
  private static final int ROUNDS = 40;
  private static final int WARM = 15;
  @TempDir
  static Path folder;
  private static NodeProcess one;
  private static NodeProcess two;
  private static NodeProcess three;
  private static NodeProcess outsider;
  private static Truth truth;

  @BeforeAll
  static void start() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var nodes = NAMES.stream().map(name -> threads.submit(() -> NodeProcess.over(DATABASE, folder, name, flags(name)))).toList();
      outsider = NodeProcess.over(DATABASE, folder, "outsider", "--set", "jobs.retry-base=10ms");
      one = nodes.get(0).get();
      two = nodes.get(1).get();
      three = nodes.get(2).get();
    }
    truth = one.truth();
    awaitMembers(NAMES, one, two, three);
  }

  @AfterAll
  static void stop() {
    three.program().thaw();
    List.of(one, two, three, outsider).forEach(NodeProcess::close);
  }

  @Test
  void members_know_each_other_and_tell_it_in_one_line_each() {
    assertThat(members(outsider)).as("no cluster").isNull();
    for (var node : List.of(one, two, three)) {
      assertThat(node.program().complained()).contains("\"message\":\"this node is a member of the cluster\"")
          .doesNotContain("WARNING").doesNotContainPattern("agentbus-[0-9a-f]{64}");
    }
    var joined = List.of(one, two, three).stream().flatMap(node -> node.program().complained().lines())
        .filter(line -> line.contains("\"a node joined the cluster\"")).toList();
    // The second is told by the first, the third by both; each also tells whom it found.
    assertThat(joined).allMatch(line -> line.contains("\"member\":") && line.contains("\"members\":")).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(3);
  }

  /** Promise: a node by itself pays nothing for what only a cluster needs. */
  @Test
  void a_node_without_a_cluster_loads_no_class_of_the_cluster_library() throws Exception {
    assertThat(loaded(outsider)).as("its own classes are seen").contains("io.agentbus.app.Node")
        .filteredOn(name -> name.matches(".*hazelcast.*|io\\.agentbus\\.bus\\.cluster.*")).isEmpty();
    assertThat(loaded(one)).as("and so would be the library's").contains("com.hazelcast.core.HazelcastInstance", "io.agentbus.bus.cluster.Cluster");
  }

  /** Promise: work enqueued at one node is in the hands of an agent that waits at another within milliseconds. */
  @Test
  void work_enqueued_at_one_node_is_claimed_by_an_agent_that_waits_at_another() throws Exception {
    var token = one.registerAgent("default", "waiting", 0);
    var times = pickUps(List.of(one, outsider), two, token);
    var clustered = times.get(0);
    var byNotify = times.get(1);
    System.out.printf("pick-up across nodes, median of %d: %.1f ms in the cluster, %.1f ms by NOTIFY alone%n", ROUNDS, median(clustered), median(byNotify));
    // Without any wake-up it would be half of a poll of two seconds.
    assertThat(median(clustered)).isLessThan(500);
    assertThat(median(byNotify)).isLessThan(500);
  }

  /** Promise: with a node nothing is lost but the connections to it. */
  @Test
  void when_a_node_is_killed_its_agents_get_work_at_another_and_what_it_handed_out_is_done_again() throws Exception {
    var roamer = two.registerAgent("default", "roamer", 0);
    var doomed = two.registerAgent("default", "doomed", 0);
    var held = two.enqueue("\"target_agent\": \"doomed\"");
    assertThat(two.caller(doomed).call("claim_jobs", "{\"lease_seconds\": 2}").get("jobs")).hasSize(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var work = threads.submit(() -> roam(roamer, 10, two, three, one));
      var jobs = new ArrayList<String>();
      for (var i = 0; i < 5; i++) {
        jobs.add(one.enqueue("\"target_agent\": \"roamer\""));
      }
      await().atMost(JavaProgram.LONG).until(() -> truth.count("SELECT count(*) FROM jobs WHERE target_agent = 'roamer' AND status = 'succeeded'") == 5);
      two.kill9();
      var killed = System.nanoTime();
      awaitMembers(List.of("one", "three"), one, three);
      System.out.printf("a killed node is missed after %.2f s%n", seconds(killed));
      for (var i = 0; i < 5; i++) {
        jobs.add(one.enqueue("\"target_agent\": \"roamer\""));
      }
      assertThat(work.get(60, TimeUnit.SECONDS)).containsExactlyInAnyOrderElementsOf(jobs);
      assertThat(truth.all("SELECT status FROM jobs WHERE target_agent = 'roamer'")).hasSize(10).containsOnly("succeeded");
      // Its agent died with it: the lease ends, and the job is handed out again elsewhere.
      var again = claim(three, doomed);
      assertThat(again.get("id").asText()).isEqualTo(held);
      three.caller(doomed).call("complete_job", attempt(again));
      System.out.printf("what it had handed out for 2 s is handed out again after %.1f s%n", seconds(killed));
      assertThat(truth.attempts(held)).containsExactly("1 timed_out counted", "2 succeeded counted");
    }
    assertThat(one.program().complained()).contains("\"a node left the cluster\",\"member\":\"two\"");
    two.up(flags("two"));
    awaitMembers(NAMES, one, two, three);
  }

  /** Promise: a frozen node holds nobody up, comes back by itself, and harms nothing with what it still held. */
  @Test
  void a_frozen_node_is_missed_and_comes_back_and_what_it_held_is_fenced() throws Exception {
    var token = three.registerAgent("default", "cold", 0);
    var held = three.enqueue("\"target_agent\": \"cold\"");
    var stale = three.caller(token).call("claim_jobs", "{\"lease_seconds\": 2}").get("jobs").get(0);
    three.program().freeze();
    var frozen = System.nanoTime();
    // The others go on at once, before they know that it is gone.
    var fresh = one.enqueue("\"target_agent\": \"warm\"");
    var warm = two.registerAgent("default", "warm", 0);
    assertThat(claim(two, warm).get("id").asText()).isEqualTo(fresh);
    System.out.printf("work goes on %.2f s after a node froze%n", seconds(frozen));
    awaitMembers(List.of("one", "two"), one, two);
    System.out.printf("a frozen node is missed after %.2f s%n", seconds(frozen));
    var again = claim(two, token);
    assertThat(again.get("id").asText()).isEqualTo(held);
    two.caller(token).call("complete_job", attempt(again));

    three.program().thaw();
    var thawed = System.nanoTime();
    for (var verb : List.of("renew_job_lease", "complete_job")) {
      assertThat(three.caller(token).refused(verb, attempt(stale)).code()).as(verb).isEqualTo("lease_lost");
    }
    awaitMembers(NAMES, one, two, three);
    System.out.printf("a node that woke is in the cluster again after %.1f s%n", seconds(thawed));
    assertThat(truth.attempts(held)).containsExactly("1 timed_out counted", "2 succeeded counted");
    // Work reaches those who wait at it as before.
    assertThat(median(pickUps(List.of(one), three, token).getFirst())).isLessThan(500);
  }

  /** Claims and completes until it has done so many jobs; goes to the next node when one cannot be reached. */
  private static List<String> roam(String token, int jobs, NodeProcess... nodes) throws CallFailed {
    var done = new HashSet<String>();
    var at = 0;
    while (done.size() < jobs) {
      try {
        var caller = nodes[at % nodes.length].caller(token);
        for (var job : caller.tryCall("claim_jobs", "{\"wait_seconds\": 20}", null).get("jobs")) {
          caller.tryCall("complete_job", attempt(job), null);
          done.add(job.get("id").asText());
        }
      } catch (Unreachable gone) {
        at++;
      }
    }
    return List.copyOf(done);
  }

  private static JsonNode claim(NodeProcess node, String token) {
    return await().atMost(JavaProgram.LONG).until(() -> node.caller(token).call("claim_jobs", "{\"wait_seconds\": 20}").get("jobs"),
        jobs -> !jobs.isEmpty()).get(0);
  }

  /**
   * By the node that enqueues, in turns: milliseconds from the answer of the enqueue, which is just after its commit, to that of the claim at
   * the other node.
   */
  private static List<List<Double>> pickUps(List<NodeProcess> from, NodeProcess to, String token) throws Exception {
    var agent = to.caller(token);
    var name = agent.call("whoami", "{}").get("agent");
    var times = from.stream().<List<Double>>map(_ -> new ArrayList<>()).toList();
    for (var i = 0; i < (ROUNDS + WARM) * from.size(); i++) {
      var claiming = CompletableFuture.supplyAsync(() -> {
        var jobs = agent.call("claim_jobs", "{\"wait_seconds\": 20, \"lease_seconds\": 60}").get("jobs");
        return new Claimed(System.nanoTime(), jobs.get(0));
      });
      // The claim is waiting by the time that these have been answered.
      IntStream.range(0, 3).forEach(_ -> agent.call("whoami", "{}"));
      from.get(i % from.size()).enqueue("\"target_agent\": " + name);
      var committed = System.nanoTime();
      var claimed = claiming.get(30, TimeUnit.SECONDS);
      agent.call("complete_job", attempt(claimed.job));
      if (i >= WARM * from.size()) {
        times.get(i % from.size()).add((claimed.at - committed) / 1e6);
      }
    }
    return times;
  }

  private record Claimed(long at, JsonNode job) {}

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static void awaitMembers(List<String> names, NodeProcess... nodes) {
    for (var node : nodes) {
      await().atMost(JavaProgram.LONG).pollInterval(Duration.ofMillis(50))
          .untilAsserted(() -> assertThat(members(node)).containsExactlyInAnyOrderElementsOf(names));
    }
  }

  /** Whom a node holds for members; null when it is in no cluster. */
  private static List<String> members(NodeProcess node) {
    var members = node.operator().call("health", "{}").get("node").get("members");
    if (members == null || members.isNull()) {
      return null;
    }
    var names = new ArrayList<String>();
    members.forEach(member -> names.add(member.asText()));
    return names;
  }

  /** Names of the classes that a node has loaded. */
  private static List<String> loaded(NodeProcess node) throws IOException, InterruptedException {
    var jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(node.program().pid()),
        "VM.class_hierarchy").redirectErrorStream(true).start();
    var said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(jcmd.waitFor()).as(said).isZero();
    return said.lines().map(line -> line.replaceAll("^[| ]*(--)?|/.*", "")).toList();
  }

  private static String[] flags(String name) {
    var members = String.join(",", PORTS.stream().map(port -> "127.0.0.1:" + port).toList());
    return new String[] {"--cluster", "--cluster-port", PORTS.get(NAMES.indexOf(name)).toString(), "--cluster-members", members,
        "--set", "bus.cluster.bus-port=0", "--set", "bus.cluster.secret=a secret that only the members of this test know",
        "--set", "jobs.retry-base=10ms"};
  }

  private static String attempt(JsonNode claimed) {
    return "{\"job_id\": " + claimed.get("id") + ", \"fence\": " + claimed.get("fence") + "}";
  }
}
