package io.agentbus.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.app.BusSettings;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An urgent message ends the wait for work whenever it comes, and whether or not anybody told of it. */
@Timeout(60)
class ClaimMailTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static TestBus bus;
  private static int count;
  private String home;
  private Caller boss;
  private Caller worker;

  @BeforeAll
  static void open() {
    var usual = BusSettings.defaults("test", TestBus.home());
    bus = TestBus.open(DATABASE, new BusSettings("test", "test", List.of("api"), usual.home(), 16, usual.retryPolicy(), 100, usual.limits(), usual.outage(),
        null));
  }

  @AfterAll
  static void close() {
    bus.close();
  }

  @BeforeEach
  void twoAgents() {
    home = "c" + ++count;
    boss = bus.agent(home, "boss", 0);
    worker = bus.agent(home, "worker", 0);
  }

  @Test
  void mail_that_comes_between_two_looks_ends_the_next_one_at_once() {
    var inbox = bus.bus().inbox();
    try (var mail = bus.await(() -> new ClaimMail(inbox.urgent(), inbox.waits(), new Call(boss, "test", bus.bus().database())))) {
      var left = new ArrayList<String>();
      try (var _ = mail.during(() -> left.add("first"))) {
        assertThat(left).isEmpty();
      }
      inbox.waits().mail(boss.agentNo());
      try (var _ = mail.during(() -> left.add("second"))) {
        assertThat(left).containsExactly("second");
      }
      assertThat(bus.<Boolean>await(mail::isUrgent)).as("what came is not urgent").isFalse();
      try (var _ = mail.during(() -> left.add("third"))) {
        assertThat(left).containsExactly("second");
      }
    }
  }

  @Test
  void an_urgent_message_of_which_nobody_told_is_found_at_the_next_poll() throws Exception {
    tell("earlier");
    var later = tell("put off");
    bus.call(boss, "defer_message", "{\"message_id\": " + later + ", \"seconds\": 3600}");
    // What was there before ends nothing, or this would be over before it is looked at.
    new Truth(DATABASE.url()).update("UPDATE message_facts SET created_at = created_at - interval '1 minute'");
    var waiting = bus.callLater(boss, "claim_jobs", "{\"wait_seconds\": 30}");
    await().until(() -> bus.bus().inbox().waits().waiting() > 0);
    new Truth(DATABASE.url()).update("UPDATE message_deferred SET deferred_until = now()");
    var began = System.nanoTime();
    assertThat(waiting.get().get("messages").findValuesAsText("title")).containsExactly("earlier", "put off");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void what_was_there_before_ends_nothing_whatever_other_mail_comes() {
    tell("earlier");
    new Truth(DATABASE.url()).update("UPDATE message_facts SET created_at = created_at - interval '1 minute'");
    var inbox = bus.bus().inbox();
    try (var mail = bus.await(() -> new ClaimMail(inbox.urgent(), inbox.waits(), new Call(boss, "test", bus.bus().database())))) {
      bus.call(worker, "notify", "{\"target_agent\": \"boss\", \"title\": \"calm\"}");
      inbox.waits().mail(boss.agentNo());
      assertThat(bus.<Boolean>await(mail::isUrgent)).isFalse();
      tell("now");
      inbox.waits().mail(boss.agentNo());
      assertThat(bus.<Boolean>await(mail::isUrgent)).isTrue();
    }
  }

  private String tell(String title) {
    return bus.call(worker, "notify", "{\"target_agent\": \"boss\", \"priority\": 10, \"title\": \"" + title + "\"}").get("id").toString();
  }
}
