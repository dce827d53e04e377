package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The life of a job, told through the operations. */
@Timeout(60)
class JobStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static TestBus bus;
  private static int count;
  private final Caller operator = TestBus.operator();
  private String name;
  private Caller agent;

  @BeforeAll
  static void open() {
    bus = TestBus.open(DATABASE);
  }

  @AfterAll
  static void close() {
    bus.close();
  }

  @BeforeEach
  void registerAgent() {
    name = "worker" + ++count;
    agent = bus.agent("default", name, 0);
  }

  @Test
  void a_job_is_enqueued_claimed_run_and_completed() {
    var job = enqueue("\"payload\": {\"n\": 1}, \"priority\": 7");
    assertThat(job.get("status").asText()).isEqualTo("queued");
    assertThat(job.get("duplicate").asBoolean()).isFalse();

    var claimed = claimOne();
    assertThat(claimed.get("id")).isEqualTo(job.get("id"));
    assertThat(claimed.get("attempt_count").asInt()).isEqualTo(1);
    assertThat(claimed.get("payload").get("n").asInt()).isEqualTo(1);
    assertThat(claimed.get("leased_until").asText()).isNotEmpty();

    var running = bus.call(agent, "mark_running_job", attempt(claimed));
    assertThat(running.get("status").asText()).isEqualTo("running");

    var done = bus.call(agent, "complete_job", attempt(claimed, "\"result\": {\"ok\": true}, \"summary\": \"did it\""));
    assertThat(done.get("status").asText()).isEqualTo("succeeded");
    assertThat(done.get("result").get("ok").asBoolean()).isTrue();
    assertThat(get(job)).isEqualTo(done);

    var again = bus.call(agent, "complete_job", attempt(claimed));
    assertThat(again.get("status").asText()).isEqualTo("succeeded");
    assertThat(statuses(job)).containsExactly("queued", "leased", "running", "succeeded");
  }

  @Test
  void a_stale_fence_is_refused_and_changes_nothing() {
    var job = enqueue("");
    var first = claimOne();
    bus.call(agent, "release_job", attempt(first));
    var second = claimOne();
    assertThat(second.get("fence").asLong()).isGreaterThan(first.get("fence").asLong());
    assertThat(second.get("attempt_count").asInt()).isEqualTo(1);
    for (var verb : List.of("complete_job", "mark_running_job", "renew_job_lease", "release_job")) {
      assertThat(bus.code(agent, verb, attempt(first))).isEqualTo(verb.equals("release_job") ? null : ProblemCode.LEASE_LOST);
    }
    assertThat(bus.code(agent, "fail_job", attempt(first, "\"last_error\": \"x\""))).isEqualTo(ProblemCode.LEASE_LOST);
    assertThat(bus.code(agent, "block_job", attempt(first, "\"blocked_reason\": \"x\""))).isEqualTo(ProblemCode.LEASE_LOST);
    assertThat(bus.code(agent, "report_progress", attempt(first, "\"progress\": {}"))).isEqualTo(ProblemCode.LEASE_LOST);
    var other = bus.agent("default", name + "-other", 0);
    assertThat(bus.code(other, "complete_job", attempt(second))).isEqualTo(ProblemCode.LEASE_LOST);
    assertThat(get(job).get("status").asText()).isEqualTo("leased");
    assertThat(bus.call(agent, "complete_job", attempt(second)).get("status").asText()).isEqualTo("succeeded");
  }

  @Test
  void a_failed_attempt_is_tried_again_until_none_is_left() {
    var job = enqueue("\"max_attempts\": 2");
    var first = claimOne();
    var queued = bus.call(agent, "fail_job", attempt(first, "\"last_error\": \"boom\", \"retry_seconds\": 0"));
    assertThat(queued.get("status").asText()).isEqualTo("queued");
    assertThat(queued.get("last_error").asText()).isEqualTo("boom");
    var second = claimOne();
    assertThat(second.get("attempt_count").asInt()).isEqualTo(2);
    var dead = bus.call(agent, "fail_job", attempt(second, "\"last_error\": \"boom\", \"retry_seconds\": 0"));
    assertThat(dead.get("status").asText()).isEqualTo("dead");
    var reopened = bus.call(operator, "retry_job", ref(job));
    assertThat(reopened.get("status").asText()).isEqualTo("queued");
    assertThat(reopened.get("attempt_count").asInt()).isZero();
    assertThat(bus.call(agent, "complete_job", attempt(claimOne())).get("status").asText()).isEqualTo("succeeded");
    assertThat(bus.code(operator, "retry_job", ref(job))).isEqualTo(ProblemCode.INVALID_TRANSITION);
  }

  @Test
  void a_dependent_job_waits_for_its_parent_and_is_blocked_when_that_ends_badly() {
    var parent = enqueue("");
    var child = enqueue("\"depends_on\": [\"" + parent.get("id").asText() + "\"], \"priority\": 1000");
    assertThat(child.get("status").asText()).isEqualTo("waiting");
    var claimed = claimOne();
    assertThat(claimed.get("id")).isEqualTo(parent.get("id"));
    bus.call(agent, "fail_job", attempt(claimed, "\"last_error\": \"never\""));
    assertThat(get(child).get("status").asText()).isEqualTo("blocked");
    assertThat(get(child).get("blocked_reason").asText()).contains(parent.get("id").asText()).contains("failed");
    bus.call(operator, "retry_job", ref(parent));
    assertThat(get(child).get("status").asText()).isEqualTo("waiting");
    bus.call(agent, "complete_job", attempt(claimOne()));
    assertThat(get(child).get("status").asText()).isEqualTo("queued");
    assertThat(claimOne().get("id")).isEqualTo(child.get("id"));
  }

  @Test
  void what_follows_from_a_job_is_written_in_the_commit_that_closes_it_or_not_at_all() {
    enqueue("");
    var claimed = claimOne();
    var extra = "\"follow_ups\": [{\"subject\": \"next\", \"target_agent\": \"" + name + "\"}], \"events\": [{\"topic\": \"work.done\"}]";
    var stale = attempt(claimed, extra).replace("\"fence\": " + claimed.get("fence"), "\"fence\": 1");
    assertThat(bus.code(agent, "complete_job", stale)).isEqualTo(ProblemCode.LEASE_LOST);
    assertThat(children(claimed)).isEmpty();
    bus.call(agent, "complete_job", attempt(claimed, extra));
    assertThat(children(claimed)).hasSize(1);
    bus.call(agent, "complete_job", attempt(claimed, extra));
    assertThat(children(claimed)).hasSize(1);
  }

  @Test
  void the_same_dedupe_key_answers_the_active_job_and_is_free_again_when_it_ended() {
    var key = "\"dedupe_key\": \"k-" + name + "\"";
    var job = enqueue(key);
    var same = enqueue(key);
    assertThat(same.get("id")).isEqualTo(job.get("id"));
    assertThat(same.get("duplicate").asBoolean()).isTrue();
    bus.call(agent, "complete_job", attempt(claimOne()));
    assertThat(enqueue(key).get("duplicate").asBoolean()).isFalse();
  }

  @Test
  void a_waiting_claim_is_woken_by_the_commit_that_brings_work() throws Exception {
    var waiting = bus.callLater(agent, "claim_jobs", "{\"wait_seconds\": 30}");
    var job = enqueue("");
    var got = waiting.get().get("jobs");
    assertThat(got).hasSize(1);
    assertThat(got.get(0).get("id")).isEqualTo(job.get("id"));
  }

  @Test
  void a_cancelled_job_ends_at_once_and_its_worker_hears_of_it() {
    enqueue("");
    var claimed = claimOne();
    assertThat(bus.call(operator, "cancel_job", ref(claimed)).get("status").asText()).isEqualTo("cancelled");
    var refusal = bus.refused(agent, "renew_job_lease", attempt(claimed));
    assertThat(refusal.code()).isEqualTo(ProblemCode.LEASE_LOST);
    assertThat(refusal.members()).containsEntry("status", "cancelled");
  }

  @Test
  void a_blocked_job_is_rerouted_and_then_succeeds() {
    var job = enqueue("");
    bus.call(agent, "block_job", attempt(claimOne(), "\"blocked_reason\": \"no key for the host\", \"needs_from\": \"security\""));
    var explained = bus.call(operator, "explain_job", ref(job));
    assertThat(explained.get("summary").asText()).contains("no key for the host");
    var other = bus.agent("default", name + "-security", 1);
    var moved = bus.call(operator, "reassign_job", "{\"job_id\": " + job.get("id") + ", \"target_agent\": \"" + name + "-security\"}");
    assertThat(moved.get("status").asText()).isEqualTo("queued");
    var claimed = bus.call(other, "claim_jobs", "{}").get("jobs").get(0);
    assertThat(claimed.get("id")).isEqualTo(job.get("id"));
    assertThat(bus.call(other, "complete_job", attempt(claimed)).get("status").asText()).isEqualTo("succeeded");
  }

  @Test
  void jobs_come_in_the_order_of_priority_then_time_then_age() {
    var late = enqueue("\"priority\": 1");
    var first = enqueue("");
    var second = enqueue("");
    var urgent = enqueue("\"priority\": 1000");
    var got = bus.call(agent, "claim_jobs", "{\"limit\": 10}").get("jobs");
    assertThat(ids(got)).containsExactly(id(urgent), id(first), id(second), id(late));
  }

  @Test
  void the_limit_of_an_agent_holds() {
    var limited = bus.agent("default", name + "-limited", 2);
    for (var i = 0; i < 3; i++) {
      bus.call(operator, "enqueue_job", "{\"subject\": \"s\", \"target_agent\": \"" + name + "-limited\"}");
    }
    var got = bus.call(limited, "claim_jobs", "{\"limit\": 10}").get("jobs");
    assertThat(got).hasSize(2);
    assertThat(bus.call(limited, "claim_jobs", "{\"limit\": 10}").get("jobs")).isEmpty();
    bus.call(limited, "complete_job", attempt(got.get(0)));
    assertThat(bus.call(limited, "claim_jobs", "{\"limit\": 10}").get("jobs")).hasSize(1);
  }

  @Test
  void a_circle_of_dependencies_is_refused_and_nothing_is_written() {
    var before = bus.call(operator, "list_jobs", "{\"limit\": 1}").get("items").get(0);
    var refusal = bus.refused(operator, "enqueue_jobs", """
        {"jobs": [{"ref": "a", "subject": "a", "depends_on": ["b"]}, {"ref": "b", "subject": "b", "depends_on": ["a"]}]}""");
    assertThat(refusal.errors().getFirst().pointer()).isEqualTo("/jobs/0/depends_on");
    assertThat(bus.call(operator, "list_jobs", "{\"limit\": 1}").get("items").get(0)).isEqualTo(before);
  }

  private JsonNode enqueue(String more) {
    return bus.call(operator, "enqueue_job", "{\"subject\": \"s\", \"target_agent\": \"" + name + "\"" + (more.isEmpty() ? "" : ", " + more) + "}");
  }

  private JsonNode claimOne() {
    var jobs = bus.call(agent, "claim_jobs", "{\"limit\": 1}").get("jobs");
    assertThat(jobs).hasSize(1);
    return jobs.get(0);
  }

  private JsonNode get(JsonNode job) {
    return bus.call(operator, "get_job", ref(job));
  }

  private JsonNode children(JsonNode job) {
    return bus.call(operator, "list_jobs", "{\"parent_job_id\": " + job.get("id") + "}").get("items");
  }

  private List<String> statuses(JsonNode job) {
    return StreamSupport.stream(bus.call(operator, "job_timeline", ref(job)).get("changes").spliterator(), false)
        .map(change -> change.get("to").asText()).toList();
  }

  private static List<String> ids(JsonNode jobs) {
    return StreamSupport.stream(jobs.spliterator(), false).map(JobStoryTest::id).toList();
  }

  private static String id(JsonNode job) {
    return job.get("id").asText();
  }

  private static String ref(JsonNode job) {
    return "{\"job_id\": " + job.get("id") + "}";
  }

  private static String attempt(JsonNode claimed) {
    return attempt(claimed, "");
  }

  private static String attempt(JsonNode claimed, String more) {
    return "{\"job_id\": " + claimed.get("id") + ", \"fence\": " + claimed.get("fence") + (more.isEmpty() ? "" : ", " + more) + "}";
  }
}
