package io.agentbus.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.agentbus.id.Ids;
import io.agentbus.op.Caller;
import io.agentbus.op.EventFeed.Filter;
import io.agentbus.op.EventFeed.Item;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.PgDatabase;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EventLogTest {
  private static final Filter ANY = new Filter(null, null, null, null);
  private static final Caller DEVOPS = JournalBench.within("devops", "acme");

  @RegisterExtension
  static final PgDatabase postgres = new PgDatabase();

  static JournalBench bench;
  static Events events;
  static EventLog log;
  static EventList list;
  static final List<String> reads = new ArrayList<>();

  @BeforeAll
  static void open() {
    bench = new JournalBench(postgres);
    bench.namespace("acme");
    bench.namespace("acme/team");
    bench.namespace("other");
    events = new Events(bench.directory, bench.wakeUps);
    log = new EventLog(bench.database);
    list = new EventList(log, (call, operation, namespace, jobs, rows) -> reads.add(operation + " " + jobs.size() + " " + rows));
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    bench.run("TRUNCATE journal, journal_pending, journal_positions, journal_seals, event_facts");
    reads.clear();
  }

  @Test
  void events_of_callers_jobs_and_agents_stand_in_one_order() {
    var job = Ids.next();
    emit("acme", "infra.checked", null);
    bench.change("acme", job, "enqueue_job", null, "queued");
    bench.database.run("agent.journal", Tuple.of(bench.namespace("acme"), "token:operator", "register_agent", "{\"agent\":\"devops\"}"));
    bench.database.run("agent.journal", Tuple.of(bench.namespace("acme"), "token:operator", "create_token", "{}"));
    bench.change("acme", job, "claim_jobs", "queued", "leased");
    sequence();
    var items = list(new ListEvents(null, null, null, null, null, null, null)).items();
    assertThat(items).extracting(Event::topic).containsExactly("infra.checked", "job.queued", "agent.registered", "job.leased");
    assertThat(items).extracting(Event::position).containsExactly(1L, 2L, 3L, 5L);
    assertThat(items).extracting(Event::sourceAgent).containsExactly("operator", "devops", "operator", "devops");
    assertThat(items).extracting(Event::sourceJobId).containsExactly(null, job, null, job);
    assertThat(reads).containsExactly("list_events 1 4");
  }

  @Test
  void pages_follow_one_another_to_the_end_and_on() {
    for (var i = 0; i < 5; i++) {
      emit("acme", "infra.checked", "k" + i);
    }
    sequence();
    var first = list(new ListEvents(null, null, null, null, null, null, 3));
    assertThat(first.items()).hasSize(3);
    var second = list(new ListEvents(null, null, null, null, null, first.next(), 3));
    assertThat(second.items()).extracting(Event::dedupeKey).containsExactly("k3", "k4");
    assertThat(second.next()).isNull();
    emit("acme", "infra.checked", "k5");
    sequence();
    assertThat(list(new ListEvents(null, null, null, null, 5L, null, null)).items()).extracting(Event::dedupeKey).containsExactly("k5");
    assertThatThrownBy(() -> list(new ListEvents(null, null, null, null, null, "nonsense", null)))
        .isInstanceOf(ProblemException.class).hasMessageContaining("/cursor");
  }

  @Test
  void filters_name_topic_namespace_source_and_job() {
    var job = Ids.next();
    bench.change("acme", job, "enqueue_job", null, "queued");
    bench.change("other", Ids.next(), "enqueue_job", null, "queued");
    emit("acme", "infra.checked", null);
    emit("acme/team", "infra.disk.full", null);
    emit("other", "sales", null);
    sequence();
    assertThat(topics(new Filter(null, "infra.*", null, null))).containsExactly("infra.checked");
    assertThat(topics(new Filter(null, "infra.**", null, null))).containsExactly("infra.checked", "infra.disk.full");
    assertThat(topics(new Filter(null, "infra.disk.full", null, null))).containsExactly("infra.disk.full");
    assertThat(topics(new Filter(null, "*.queued", null, null))).containsExactly("job.queued", "job.queued");
    assertThat(topics(new Filter("acme", null, null, null))).containsExactly("job.queued", "infra.checked");
    assertThat(topics(new Filter("acme/**", null, null, null))).containsExactly("job.queued", "infra.checked", "infra.disk.full");
    assertThat(topics(new Filter(null, null, "devops", null))).containsExactly("job.queued", "job.queued");
    assertThat(topics(new Filter(null, null, null, job))).containsExactly("job.queued");
    assertThatThrownBy(() -> topics(new Filter(null, "Job", null, null))).hasMessageContaining("/topic");
  }

  @Test
  void a_caller_sees_what_lies_inside_its_walls() {
    emit("acme", "infra.checked", null);
    var hidden = emit("other", "sales", null);
    var below = emit("acme/team", "infra.disk.full", null);
    bench.change("other", Ids.next(), "enqueue_job", null, "queued");
    sequence();
    var seen = log.after(DEVOPS, ANY, 0, 100);
    assertThat(seen.items()).extracting(Item::topic).containsExactly("infra.checked", "infra.disk.full");
    assertThat(seen.position()).isEqualTo(4);
    assertThat(list.get(bench.call(DEVOPS), new GetEvent(below.id())).topic()).isEqualTo("infra.disk.full");
    assertThatThrownBy(() -> list.get(bench.call(DEVOPS), new GetEvent(hidden.id()))).hasMessageContaining("There is no event");
    assertThatThrownBy(() -> log.after(DEVOPS, new Filter("other", null, null, null), 0, 1)).hasMessageContaining("There is no namespace");
    assertThat(log.after(Caller.anonymous(), ANY, 0, 100).items()).isEmpty();
  }

  @Test
  void one_event_is_answered_in_the_same_words_by_list_get_and_feed() throws IOException {
    bench.change("acme", Ids.next(), "enqueue_job", null, "queued");
    emit("acme", "infra.checked", "k");
    sequence();
    for (var event : list(new ListEvents(null, null, null, null, null, null, null)).items()) {
      var got = list.get(bench.call(JournalBench.OPERATOR), new GetEvent(event.id()));
      assertThat(Json.MAPPER.writeValueAsString(got)).isEqualTo(Json.MAPPER.writeValueAsString(event));
    }
    var item = log.after(JournalBench.OPERATOR, ANY, 0, 1).items().getFirst();
    assertThat(Json.MAPPER.readTree(item.json()).path("payload").path("to").asText()).isEqualTo("queued");
    assertThatThrownBy(() -> list.get(bench.call(JournalBench.OPERATOR), new GetEvent(UUID.fromString("00000000-ffff-8000-8000-ffffffffffff"))))
        .hasMessageContaining("There is no event");
    assertThatThrownBy(() -> list.get(bench.call(JournalBench.OPERATOR), new GetEvent(Ids.next()))).hasMessageContaining("There is no event");
  }

  @Test
  void an_id_of_the_bus_holds_the_whole_journal_id() throws SQLException {
    bench.run("INSERT INTO journal (id, namespace_id, job_id, actor, action, to_state) VALUES (" + (Long.MAX_VALUE - 7)
        + ", 1, gen_random_uuid(), 'bus', 'x', 'dead')");
    var id = UUID.fromString(bench.one("SELECT id FROM events"));
    assertThat(list.get(bench.call(JournalBench.OPERATOR), new GetEvent(id)).topic()).isEqualTo("job.dead");
  }

  @Test
  void what_matches_nothing_is_skipped_in_stretches() throws SQLException {
    try (var connection = bench.connect()) {
      for (var i = 0; i < 11; i++) {
        JournalBench.block(connection, 2_000);
      }
    }
    emit("acme", "infra.checked", null);
    sequence();
    var rare = new Filter(null, "**.checked", null, null);
    var found = log.after(JournalBench.OPERATOR, rare, 0, 10);
    assertThat(found.items()).extracting(Item::position).containsExactly(22_001L);
    assertThat(found.position()).isEqualTo(22_001);
    assertThat(topics(new Filter(null, "infra.checked", null, null))).hasSize(1);
    // In the middle of a block.
    assertThat(log.after(JournalBench.OPERATOR, ANY, 1_999, 2).items()).extracting(Item::position).containsExactly(2_000L, 2_001L);
  }

  @Test
  void a_gap_is_told_when_older_events_were_removed() throws SQLException {
    for (var i = 0; i < 4; i++) {
      emit("acme", "infra.checked", null);
    }
    sequence();
    bench.run("DELETE FROM journal_positions WHERE position <= 2");
    assertThat(log.after(JournalBench.OPERATOR, ANY, 1, 10).gap()).isTrue();
    assertThat(log.after(JournalBench.OPERATOR, ANY, 2, 10).gap()).isFalse();
    assertThat(log.after(JournalBench.OPERATOR, ANY, 0, 10).gap()).isFalse();
    assertThat(log.after(JournalBench.OPERATOR, ANY, 0, 10).items()).hasSize(2);
  }

  @Test
  void followers_wake_when_the_sequencer_has_given_positions() {
    var woken = new AtomicInteger();
    var verticle = new SequencerVerticle(new Sequencer(bench.database), log, bench.wakeUps,
        new SequencerConfig(Duration.ofHours(1), Duration.ZERO));
    var subscription = log.onNews(woken::incrementAndGet);
    var id = bench.vertx.deployVerticle(verticle).await();
    try {
      await().until(() -> verticle.loops().getFirst().lastRun() != null);
      var before = woken.get();
      emit("acme", "infra.checked", null);
      await().until(() -> woken.get() > before && log.newest() == 1);
      subscription.close();
      var after = woken.get();
      emit("acme", "infra.checked", null);
      await().until(() -> log.newest() == 2);
      assertThat(woken).hasValue(after);
    } finally {
      bench.vertx.undeploy(id).await();
    }
  }

  private static Event emit(String namespace, String topic, String key) {
    return events.emit(bench.call(JournalBench.OPERATOR),
        new EmitEvent(namespace, topic, JsonNodeFactory.instance.objectNode().put("a", 1), null, key, null));
  }

  private static void sequence() {
    new Sequencer(bench.database).run();
  }

  private static ListedEvents list(ListEvents in) {
    return list.list(bench.call(JournalBench.OPERATOR), in);
  }

  private static List<String> topics(Filter filter) {
    return log.after(JournalBench.OPERATOR, filter, 0, 100).items().stream().map(Item::topic).toList();
  }
}
