package io.agentbus.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agentbus.agent.Presence;
import io.agentbus.event.JournalBench;
import io.agentbus.event.Sequencer;
import io.agentbus.id.Ids;
import io.agentbus.journal.StateChange;
import io.agentbus.loop.Loop;
import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.sqlclient.Tuple;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class InsightTest {
  private static final Caller DEVOPS = JournalBench.within("devops", "acme");

  @RegisterExtension
  static final PgDatabase postgres = new PgDatabase();

  static JournalBench bench;

  @BeforeAll
  static void open() {
    bench = new JournalBench(postgres);
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    bench.namespace("acme");
    bench.namespace("other");
    bench.run("TRUNCATE journal, journal_pending, journal_positions, journal_seals, read_log, dispatcher_heartbeats, job_ready, job_leases");
  }

  @Test
  void the_journal_is_listed_in_pages_within_the_walls() {
    var job = Ids.next();
    bench.change("acme", job, "enqueue_job", null, "queued");
    bench.change("other", Ids.next(), "enqueue_job", null, "queued");
    bench.change("acme", job, "claim_jobs", "queued", "leased");
    bench.database.run("agent.journal", Tuple.of(null, "token:operator", "create_token", "{}"));
    new Sequencer(bench.database).run();
    var all = list(JournalBench.OPERATOR, new ListJournal(null, null, null, null, null, null, null));
    assertThat(all.items()).extracting(JournalEntry::position).containsExactly(1L, 2L, 3L, 4L);
    assertThat(all.next()).isNull();
    var first = list(JournalBench.OPERATOR, new ListJournal(null, null, null, null, null, null, 3));
    assertThat(list(JournalBench.OPERATOR, new ListJournal(null, null, null, null, null, first.next(), 3)).items()).extracting(JournalEntry::action)
        .containsExactly("create_token");
    assertThat(list(DEVOPS, new ListJournal(null, null, null, null, null, null, null)).items()).extracting(JournalEntry::position)
        .containsExactly(1L, 3L);
    assertThat(list(DEVOPS, new ListJournal(null, job, null, null, null, null, 1)).next()).isNotNull();
    assertThat(list(DEVOPS, new ListJournal(null, job, null, "claim_jobs", null, null, null)).items()).extracting(JournalEntry::toState)
        .containsExactly("leased");
    assertThat(list(JournalBench.OPERATOR, new ListJournal(null, null, "token:operator", null, null, null, null)).items()).hasSize(1);
    assertThat(list(JournalBench.OPERATOR, new ListJournal("*", null, null, null, 1L, null, null)).items()).hasSize(2);
    assertThatThrownBy(() -> list(DEVOPS, new ListJournal("other", null, null, null, null, null, null))).hasMessageContaining("There is no namespace");
  }

  @Test
  void one_question_tells_what_an_agent_read_wrote_and_acted_on() {
    var began = Instant.now().minusSeconds(60);
    var reads = new ReadLog(bench.database);
    var one = Ids.next();
    var two = Ids.next();
    reads.note(bench.call(DEVOPS), "get_job", "acme", List.of(one));
    reads.note(bench.call(DEVOPS), "list_events", null, List.of(), 7);
    reads.note(bench.call(DEVOPS), "list_jobs", "acme", List.of());
    reads.note(bench.call(JournalBench.OPERATOR), "get_job", "other", List.of(two));
    reads.flush();
    bench.change("acme", one, "claim_jobs", "queued", "leased");
    bench.change("acme", one, "complete_job", "leased", "succeeded");
    bench.change("acme", two, "enqueue_job", null, "queued");
    new Sequencer(bench.database).run();

    var found = audit(JournalBench.OPERATOR, new AuditWindow("devops", null, began, null, null, null, null));
    assertThat(found.read()).extracting(AuditedWindow.Read::operation).containsExactlyInAnyOrder("get_job", "list_events", "claim_jobs");
    assertThat(found.read()).filteredOn(read -> read.operation().equals("claim_jobs")).flatExtracting(AuditedWindow.Read::jobIds).containsExactly(one);
    assertThat(found.read()).filteredOn(read -> read.operation().equals("list_events")).extracting(AuditedWindow.Read::rows).containsExactly(7);
    assertThat(found.wrote()).extracting(JournalEntry::action).containsExactly("claim_jobs", "complete_job", "enqueue_job");
    assertThat(found.actedOn()).extracting(AuditedWindow.Acted::jobId).containsExactly(one, two);
    assertThat(found.actedOn().getFirst().firstAction()).isEqualTo("claim_jobs");
    assertThat(found.actedOn().getFirst().lastAction()).isEqualTo("complete_job");
    assertThat(found.next()).isNull();

    assertThat(audit(JournalBench.OPERATOR, new AuditWindow(null, "token:operator", began, null, null, null, null)).read()).hasSize(1);
    var own = audit(DEVOPS, new AuditWindow("devops", null, began, null, null, null, null));
    assertThat(own.read()).isEqualTo(found.read());
    assertThat(own.actedOn()).isEqualTo(found.actedOn());
    assertThat(audit(JournalBench.within("sales", "other"), new AuditWindow("devops", null, began, null, null, null, null)).wrote()).isEmpty();
  }

  @Test
  void a_window_goes_on_where_a_page_ended() {
    var began = Instant.now().minusSeconds(60);
    var reads = new ReadLog(bench.database);
    for (var i = 0; i < 5; i++) {
      bench.change("acme", Ids.next(), "enqueue_job", null, "queued");
      reads.note(bench.call(DEVOPS), "get_job", "acme", List.of(Ids.next()));
    }
    bench.change("acme", Ids.next(), "enqueue_job", null, "queued");
    reads.flush();
    var read = new ArrayList<UUID>();
    var wrote = new ArrayList<UUID>();
    var acted = new ArrayList<UUID>();
    String cursor = null;
    var pages = 0;
    do {
      var page = audit(JournalBench.OPERATOR, new AuditWindow("devops", null, began, null, null, 2, cursor));
      page.read().forEach(entry -> read.addAll(entry.jobIds()));
      page.wrote().forEach(entry -> wrote.add(entry.jobId()));
      page.actedOn().forEach(entry -> acted.add(entry.jobId()));
      cursor = page.next();
      pages++;
    } while (cursor != null);
    assertThat(pages).isEqualTo(4);
    assertThat(read).hasSize(5).doesNotHaveDuplicates();
    assertThat(wrote).hasSize(6).doesNotHaveDuplicates();
    assertThat(acted).hasSize(6).containsExactlyInAnyOrderElementsOf(wrote);
  }

  @Test
  void a_window_that_makes_no_sense_is_refused() {
    var now = Instant.now();
    assertThatThrownBy(() -> audit(DEVOPS, new AuditWindow(null, null, now, null, null, null, null))).hasMessageContaining("exactly one of agent and actor");
    assertThatThrownBy(() -> audit(DEVOPS, new AuditWindow("a", null, now.plusSeconds(60), null, null, null, null))).hasMessageContaining("/from");
    assertThatThrownBy(() -> audit(DEVOPS, new AuditWindow("a", null, now.minus(Duration.ofDays(32)), now, null, null, null))).hasMessageContaining("/to");
    assertThatThrownBy(() -> audit(DEVOPS, new AuditWindow("a", null, now.minusSeconds(9), null, null, null, "x"))).hasMessageContaining("/cursor");
  }

  @Test
  void reads_beyond_the_room_are_written_and_not_dropped() throws SQLException {
    var reads = new ReadLog(bench.database, 10);
    for (var i = 0; i < 95; i++) {
      reads.note(bench.call(DEVOPS), "get_job", "acme", List.of(Ids.next(), Ids.next()));
    }
    reads.flush();
    assertThat(bench.one("SELECT count(*) || ' ' || sum(cardinality(job_ids)) FROM read_log")).isEqualTo("95 190");
  }

  @Test
  void an_empty_database_has_a_health_that_says_no_node_reported() {
    var health = new HealthReader(bench.database, facts(List.of())).health(bench.call(JournalBench.OPERATOR), new HealthQuery());
    assertThat(health.fit()).isFalse();
    assertThat(health.reasons()).containsExactly("No node has ever reported.");
    assertThat(health.namespaces()).extracting(SystemHealth.Namespace::namespace).contains("default");
    assertThat(new HealthReader(bench.database, facts(List.of())).health(bench.call(DEVOPS), new HealthQuery()).namespaces())
        .extracting(SystemHealth.Namespace::namespace).containsExactly("acme");
  }

  @Test
  void a_node_beats_with_the_progress_of_its_loops_and_says_when_it_stops() throws SQLException {
    var loop = Loop.every("test-loop", Duration.ofHours(1), () -> { }).start();
    await().until(() -> loop.lastRun() != null);
    bench.run("INSERT INTO dispatcher_heartbeats (dispatcher_id, host, pid, last_seen) VALUES ('old', 'h', 1, now() - interval '8 days'),"
        + " ('dead', 'h', 1, now() - interval '2 minutes')");
    var verticle = new HeartbeatVerticle(bench.database, new Presence(bench.database, "one"), facts(List.of(loop)),
        new HeartbeatConfig(Duration.ofMillis(100), Duration.ofMillis(100)));
    var id = bench.vertx.deployVerticle(verticle).await();
    await().until(() -> verticle.loops().stream().allMatch(of -> of.lastRun() != null));
    assertThat(bench.one("SELECT metrics -> 'loops' -> 'test-loop' ->> 'last_run' FROM dispatcher_heartbeats WHERE dispatcher_id = 'one'"))
        .isEqualTo(loop.lastRun().toString());
    assertThat(bench.one("SELECT string_agg(dispatcher_id, ' ' ORDER BY dispatcher_id) FROM dispatcher_heartbeats")).isEqualTo("dead one");
    var health = new HealthReader(bench.database, facts(List.of(loop))).health(bench.call(JournalBench.OPERATOR), new HealthQuery());
    assertThat(health.nodes().healthy()).isEqualTo(1);
    assertThat(health.reasons()).containsExactly("1 of 2 nodes were not seen for 90 s and did not stop cleanly.");
    bench.vertx.undeploy(id).await();
    loop.stop().await();
    assertThat(bench.one("SELECT stopped_at IS NOT NULL FROM dispatcher_heartbeats WHERE dispatcher_id = 'one'")).isEqualTo("t");
  }

  @Test
  void what_should_not_be_is_a_reason() throws SQLException {
    bench.run("INSERT INTO dispatcher_heartbeats (dispatcher_id, host, pid) VALUES ('one', 'h', 1);"
        + " INSERT INTO job_leases (id, fence, leased_at, leased_until, sweep_at, agent_no, queue_id, namespace_id, lease_seconds, attempt, limited, owner)"
        + " VALUES (gen_random_uuid(), 1, now(), now(), now() - interval '2 minutes', 1, 1, 1, 60, 1, false, 'x')");
    bench.run("WITH b AS (SELECT nextval('journal_block') AS id), noted AS (INSERT INTO journal (id, at, actor, action) SELECT id,"
        + " now() - interval '5 minutes', 'bus', 'x' FROM b) INSERT INTO journal_pending SELECT id, 1 FROM b");
    new Sequencer(bench.database).run();
    var health = new HealthReader(bench.database, facts(List.of())).health(bench.call(JournalBench.OPERATOR), new HealthQuery());
    assertThat(health.reasons()).hasSize(2).anyMatch(reason -> reason.contains("1 leases are past")).anyMatch(reason -> reason.contains("not been sealed"));
    assertThat(health.unsealedJournalRows()).isEqualTo(1);
  }

  @Test
  void metrics_count_changes_times_and_depths() throws SQLException {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var metrics = new Metrics(registry, bench.database);
    metrics.watch(Loop.every("test-loop", Duration.ofHours(1), () -> { }));
    metrics.accept(new StateChange("claim_jobs", "bus", "acme", Ids.next(), "queued", "leased", 1L, 1, "devops", Duration.ofMillis(7), null));
    metrics.accept(new StateChange("complete_job", "bus", "acme", Ids.next(), "running", "succeeded", 1L, 1, "devops", null, Duration.ofSeconds(3)));
    bench.run("INSERT INTO job_ready (queue_id, rank, run_after, id) SELECT 1, 900, now(), gen_random_uuid() FROM generate_series(1, 3)");
    bench.run("INSERT INTO message_unread (agent_no, rank, arrival, id) SELECT 1, 5, n, gen_random_uuid() FROM generate_series(1, 4) n");
    bench.run("INSERT INTO deliveries (id, subscription_id, position, event_id, journal_id, status, ended_at)"
        + " SELECT gen_random_uuid(), '00000000-0000-7000-8000-000000000001', n, gen_random_uuid(), n, (CASE WHEN n = 1 THEN 'dead' ELSE 'pending' END)"
        + "::delivery_status, CASE WHEN n = 1 THEN now() END FROM generate_series(1, 3) n");
    metrics.sample();
    assertThat(registry.scrape()).contains(
        "agentbus_state_changes_total{action=\"claim_jobs\",from=\"queued\",to=\"leased\"} 1.0",
        "agentbus_job_pickup_seconds_bucket{le=\"0.005\"} 0", "agentbus_job_pickup_seconds_bucket{le=\"0.01\"} 1",
        "agentbus_job_run_seconds_bucket{le=\"5.0\"} 1", "agentbus_job_run_seconds_bucket{le=\"600.0\"} 1",
        "agentbus_jobs{state=\"ready\"} 3.0", "agentbus_messages{state=\"unread\"} 4.0", "agentbus_deliveries{state=\"pending\"} 2.0",
        "agentbus_deliveries{state=\"dead\"} 1.0", "agentbus_subscriptions{state=\"behind\"} 0.0", "agentbus_events_behind 0.0",
        "agentbus_loop_failures_total{loop=\"test-loop\"} 0.0", "agentbus_loop_age_seconds{loop=\"test-loop\"}");
  }

  private static NodeFacts facts(List<Loop> loops) {
    return new NodeFacts("one", "1.2.3", List.of("api"), Instant.now(), () -> loops, null);
  }

  private static ListedJournal list(Caller caller, ListJournal in) {
    return new JournalList().list(bench.call(caller), in);
  }

  private static AuditedWindow audit(Caller caller, AuditWindow in) {
    return new Audits(Clock.systemUTC()).window(bench.call(caller), in);
  }
}
