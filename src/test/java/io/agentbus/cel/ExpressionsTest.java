package io.agentbus.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.time.OffsetDateTime;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ExpressionsTest {
  private static final UUID JOB = UUID.fromString("0197a1b2-0000-7000-8000-000000000001");

  private static EventFacts event(String payload) {
    return EventFacts.of("phase.done", "release/v0.6.3/phase4", "worker-7", JOB, OffsetDateTime.parse("2026-05-04T03:02:01Z"), payload);
  }

  private static boolean matches(String filter, String payload) {
    return Expressions.filter("/filter", filter).match(event(payload)).matches();
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "event.topic == 'phase.done'",
      "event.namespace.startsWith('release/')",
      "event.source_agent in ['worker-6', 'worker-7']",
      "event.source_job_id == '0197a1b2-0000-7000-8000-000000000001'",
      "event.created_at > timestamp('2026-05-04T00:00:00Z')",
      "event.created_at.getHours() == 3",
      "event.payload.verdict == 'red'",
      "event.payload.minutes >= 40 && event.payload.minutes < 41",
      "event.payload.counts.failed == 3",
      "event.payload.ratio > 0.5",
      "has(event.payload.verdict) && !has(event.payload.nothing)",
      "event.payload.nothing_yet == null",
      "event.payload.tags.exists(tag, tag == 'flaky')",
      "size(event.payload.tags.filter(tag, tag.matches('^f'))) == 1",
      "'flaky' in event.payload.tags",
      "event.payload.green"})
  void what_an_expression_says_of_an_event_is_found(String filter) {
    var match = Expressions.filter("/filter", filter).match(event("""
        {"verdict": "red", "minutes": 40, "ratio": 0.75, "counts": {"failed": 3}, "tags": ["flaky", "slow"], "nothing_yet": null, "green": true}"""));
    assertThat(match.failure()).isNull();
    assertThat(match.matches()).isTrue();
    assertThat(matches("!(" + filter + ")", "{}")).isIn(true, false);
  }

  @Test
  void an_event_without_the_field_does_not_match_and_says_which_field() {
    var match = Expressions.filter("/filter", "event.payload.verdict == 'red'").match(event("{\"other\": 1}"));
    assertThat(match.matches()).isFalse();
    assertThat(match.failure()).contains("verdict");
  }

  @Test
  void a_payload_of_another_type_does_not_match_and_says_why() {
    var match = Expressions.filter("/filter", "event.payload.minutes > 5").match(event("{\"minutes\": \"many\"}"));
    assertThat(match.matches()).isFalse();
    assertThat(match.failure()).isNotBlank();
    assertThat(Expressions.filter("/filter", "event.payload.minutes").match(event("{\"minutes\": 5}")).matches()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"event.topik == 'a'", "event.topic == 5", "event.topic", "event.topic ==", "payload.x", "nonsense(event.topic)",
      "event.payload.list.map(x, [x, x]) == []", "   "})
  void what_cannot_be_meant_is_refused_with_its_field(String filter) {
    assertThatThrownBy(() -> Expressions.filter("/filter", filter)).isInstanceOfSatisfying(ProblemException.class, problem -> {
      assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_INPUT);
      assertThat(problem.errors().getFirst().pointer()).isEqualTo("/filter");
    });
  }

  @Test
  void the_refusal_names_the_place_and_the_fields_there_are() {
    assertThatThrownBy(() -> Expressions.filter("/filter", "true && event.topik == 'a'"))
        .hasMessageContaining("line 1, column 9").hasMessageContaining("event.topic, event.namespace");
  }

  @Test
  void a_text_that_is_too_long_or_too_deep_is_refused() {
    assertThatThrownBy(() -> Expressions.filter("/filter", "true" + " && true".repeat(300))).hasMessageContaining("at most 2000");
    assertThatThrownBy(() -> Expressions.filter("/filter", "(".repeat(300) + "true" + ")".repeat(300)))
        .isInstanceOf(ProblemException.class);
  }

  @Test
  void a_value_is_answered_as_json() {
    var payload = event("{\"name\": \"phase4\", \"n\": 7, \"list\": [1, 2.5, null]}");
    assertThat(Expressions.value("/subject", "'run ' + event.payload.name").of(payload, new FillRoom(10_000)).text()).isEqualTo("run phase4");
    assertThat(Expressions.value("/priority", "event.payload.n + 1").of(payload, new FillRoom(10_000)).value()).hasToString("8");
    assertThat(Expressions.value("/payload", "{'l': event.payload.list, 'at': event.created_at}").of(payload, new FillRoom(10_000)).value())
        .hasToString("{\"l\":[1,2.5,null],\"at\":\"2026-05-04T03:02:01Z\"}");
    assertThat(Expressions.value("/payload", "event.payload.absent").of(payload, new FillRoom(10_000)).failure()).contains("absent");
    assertThat(Expressions.value("/payload", "null").of(payload, new FillRoom(10_000)).text()).isNull();
  }
}
