package io.agentbus.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.bus.Addresses;
import io.agentbus.bus.Messages;
import io.agentbus.dispatch.Dispatcher;
import io.agentbus.dispatch.DispatcherConfig;
import io.agentbus.dispatch.DispatcherVerticle;
import io.agentbus.dispatch.DueJobsConfig;
import io.agentbus.dispatch.DueJobsVerticle;
import io.agentbus.dispatch.HandOvers;
import io.agentbus.testkit.BusCaller;
import io.agentbus.testkit.PgDatabase;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whether a phase is stuck whose job is brought to its worker over the event bus. */
@Timeout(60)
class PushSilenceTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final List<String> DEPLOYED = new ArrayList<>();
  private static CampaignBench bench;

  @BeforeAll
  static void open() {
    bench = new CampaignBench(DATABASE);
    var bus = bench.bus.bus();
    var config = new DispatcherConfig(Duration.ofMillis(50), Duration.ofMillis(50), 4, 100, Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofMillis(100));
    var handOvers = new HandOvers(bus.claims(), bus.attempts(), bus.reads(), bus.database(), bus.messages(), 600, config, bus.campaigns().admissions()::admitted);
    deploy(new DueJobsVerticle(bus.sweeps(), new DueJobsConfig(Duration.ofMillis(20), 100)));
    deploy(new DispatcherVerticle(new Dispatcher(bus.directory(), bus.messages(), handOvers, config), bus.messages(), bus.wakeUps(), config));
  }

  @AfterAll
  static void close() {
    DEPLOYED.reversed().forEach(id -> BusCaller.await(bench.bus.vertx().undeploy(id).toCompletionStage().toCompletableFuture()));
    bench.close();
  }

  @Test
  void a_worker_that_never_takes_what_it_is_brought_is_stuck_and_that_is_said_once() {
    var id = campaignOf("deaf");
    try (var _ = listen("deaf", false)) {
      awaitMoreHandOvers(id);
      bench.age(id, "deaf", 61);
      awaitMoreHandOvers(id);
      assertThat(bench.sweep()).isEqualTo(1);
      assertThat(bench.phase(id, "deaf").at("/runs/0/stuck_reason").asText()).isEqualTo("its worker did not take its job for more than twice the expected 30 s");
      for (var i = 0; i < 3; i++) {
        awaitMoreHandOvers(id);
        assertThat(bench.sweep()).isZero();
      }
    }
    assertThat(CampaignBench.topics(bench.get(id))).containsOnlyOnce("campaign.phase_stuck").doesNotContain("campaign.phase_heard");
  }

  @Test
  void a_worker_that_admits_its_job_is_heard_of_and_silent_from_then_on() {
    var id = campaignOf("slow");
    bench.age(id, "slow", 61);
    assertThat(bench.sweep()).isEqualTo(1);
    try (var _ = listen("slow", true)) {
      await().until(() -> bench.truth.holds("(SELECT admitted_at IS NOT NULL FROM campaign_runs WHERE campaign_id = ?::uuid)", id));
      assertThat(bench.sweep()).isZero();
      assertThat(bench.status(id, "slow")).isEqualTo("running");
      bench.age(id, "slow", 59);
      assertThat(bench.sweep()).isZero();
      bench.age(id, "slow", 2);
      assertThat(bench.sweep()).isEqualTo(1);
    }
    assertThat(bench.phase(id, "slow").at("/runs/0/stuck_reason").asText()).startsWith("its worker has its job and was silent");
    assertThat(CampaignBench.topics(bench.get(id))).containsOnlyOnce("campaign.phase_heard");
  }

  @Test
  void what_was_brought_in_vain_takes_no_report_of_the_attempt_before_away() {
    var id = campaignOf("away");
    JsonNode first = bench.claim(id, "away");
    bench.expire(first);
    try (var _ = listen("away", false)) {
      awaitMoreHandOvers(id);
    }
    await().until(() -> bench.truth.count("SELECT count(*) FROM job_leases WHERE id = ?::uuid", first.get("id").asText()) == 0);
    assertThat(bench.report(id, "away", first, "passed").get("campaign_status").asText()).isEqualTo("passed");
  }

  private static String campaignOf(String name) {
    var worker = bench.bus.agent(CampaignBench.HOME, name, 0);
    bench.call(worker, "update_agent", "{'channel': 'eventbus'}");
    bench.workers.put(name, worker);
    return bench.create(name);
  }

  private static Messages.Listening listen(String name, boolean admits) {
    return bench.bus.bus().messages().listen(Addresses.agent(CampaignBench.HOME, name), message -> {
      if (admits) {
        message.reply(null);
      }
    });
  }

  private static void awaitMoreHandOvers(String id) {
    var count = "SELECT count(*) FROM campaign_runs r JOIN job_closings c ON c.id = r.job_id WHERE r.campaign_id = ?::uuid AND NOT c.counted";
    var before = bench.truth.count(count, id);
    await().until(() -> bench.truth.count(count, id) >= before + 2);
  }

  private static void deploy(Deployable verticle) {
    DEPLOYED.add(BusCaller.await(bench.bus.vertx().deployVerticle(verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
        .toCompletionStage().toCompletableFuture()));
  }
}
