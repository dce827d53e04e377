package io.agentbus.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.app.BusSettings;
import io.agentbus.op.Limits;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A campaign whose orchestrator's inbox takes no more. */
@Timeout(60)
class FullInboxTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static CampaignBench bench;

  @BeforeAll
  static void open() {
    var usual = BusSettings.defaults("test", TestBus.home());
    var limits = Limits.DEFAULT;
    bench = new CampaignBench(DATABASE, new BusSettings("test", "test", List.of("api"), usual.home(), 16, usual.retryPolicy(), 2_000,
        new Limits(limits.payload(), limits.result(), limits.body(), limits.bulk(), limits.claim(), limits.page(), limits.pageMax(), limits.leaseMin(),
            limits.leaseMax(), limits.lease(), limits.waitMax(), limits.attempts(), 1, limits.memoryEntries(), limits.memoryNamespaces()),
        usual.outage(), null));
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @Test
  void what_could_not_be_told_is_done_all_the_same_and_the_timeline_says_why_it_was_not_told() {
    var id = bench.create("one", "two");
    bench.land(id, "one", "passed");
    assertThat(bench.land(id, "two", "failed").get("campaign_status").asText()).isEqualTo("failed");
    bench.bus.await(() -> bench.bus.bus().sequencer().run());
    var timeline = bench.get(id).get("timeline");
    var landed = of(timeline, "campaign.phase_landed");
    assertThat(landed.getFirst().get("detail").has("told")).isFalse();
    for (var untold : List.of(landed.getLast(), of(timeline, "campaign.finished").getFirst())) {
      assertThat(untold.at("/detail/told").isBoolean()).isTrue();
      assertThat(untold.at("/detail/told").asBoolean()).isFalse();
      assertThat(untold.at("/detail/not_told_because").asText()).isEqualTo("the inbox of agent 'orchestrator' is full: it holds 1 messages that it has not acknowledged");
    }
    var events = bench.call(bench.operator, "list_events", "{'topic': 'campaign.finished', 'limit': 500}").get("items");
    assertThat(events.get(0).at("/payload/told").asBoolean(true)).isFalse();
  }

  private static List<JsonNode> of(JsonNode timeline, String topic) {
    return StreamSupport.stream(timeline.spliterator(), false).filter(one -> one.get("topic").asText().equals(topic)).toList();
  }
}
