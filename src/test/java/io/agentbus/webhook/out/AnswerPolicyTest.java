package io.agentbus.webhook.out;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.http.out.PostAnswer;
import io.agentbus.webhook.out.AnswerPolicy.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerPolicyTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final Duration TOOK = Duration.ofMillis(7);

  private static Verdict verdict(int status, String... headers) {
    var told = headers.length == 0 ? Map.<String, String>of() : Map.of(headers[0], headers[1]);
    return AnswerPolicy.of(new PostAnswer.Answered(status, told, "", TOOK), NOW);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 204, 299})
  void only_2xx_is_delivered(int status) {
    assertThat(verdict(status)).isEqualTo(new Verdict.Taken());
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 409, 413, 418, 422, 500, 501, 505})
  void other_answers_are_tried_again_as_the_schedule_says(int status) {
    assertThat(verdict(status, "retry-after", "7")).isInstanceOfSatisfying(Verdict.Again.class, again -> {
      assertThat(again.error()).contains(Integer.toString(status));
      assertThat(again.after()).isNull();
      assertThat(again.hold()).isZero();
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 502, 503, 504})
  void one_that_has_too_much_to_do_is_asked_how_long_it_wants_and_left_alone(int status) {
    assertThat(verdict(status, "retry-after", "7")).isInstanceOfSatisfying(Verdict.Again.class, again -> {
      assertThat(again.after()).hasSeconds(7);
      assertThat(again.hold()).hasSeconds(7);
    });
    assertThat(verdict(status, "retry-after", "86400")).isInstanceOfSatisfying(Verdict.Again.class, again -> {
      assertThat(again.after()).hasSeconds(86_400);
      assertThat(again.hold()).as("the endpoint itself is not silenced for a day").hasSeconds(60);
    });
    assertThat(verdict(status)).isInstanceOfSatisfying(Verdict.Again.class, again -> {
      assertThat(again.after()).isNull();
      assertThat(again.hold()).isPositive();
    });
  }

  @Test
  void one_that_is_gone_gets_nothing_more() {
    assertThat(verdict(410)).isInstanceOf(Verdict.Off.class);
  }

  @Test
  void a_receiver_can_say_so_in_a_header() {
    assertThat(verdict(500, "webhook-delivery", "disable")).isInstanceOf(Verdict.Off.class);
    assertThat(verdict(200, "webhook-delivery", "disable")).isInstanceOf(Verdict.Off.class);
    assertThat(verdict(500, "webhook-delivery", "abort-message")).isInstanceOf(Verdict.Never.class);
    assertThat(verdict(503, "webhook-delivery", "abort-message")).isInstanceOf(Verdict.Never.class);
    assertThat(verdict(200, "webhook-delivery", "abort-message")).isInstanceOf(Verdict.Taken.class);
    assertThat(verdict(500, "webhook-delivery", "whatever")).isInstanceOf(Verdict.Again.class);
  }

  @Test
  void no_answer_and_a_denied_address_are_tried_again() {
    assertThat(AnswerPolicy.of(new PostAnswer.Failed("No answer within 15.0 s", true, TOOK), NOW))
        .isEqualTo(new Verdict.Again("No answer within 15.0 s", null, Duration.ZERO));
    assertThat(AnswerPolicy.of(new PostAnswer.Unresolved("silent", true, TOOK), NOW)).isEqualTo(new Verdict.Later("silent", Duration.ofMinutes(1), true));
    assertThat(AnswerPolicy.of(new PostAnswer.Unresolved("busy", false, TOOK), NOW)).isEqualTo(new Verdict.Later("busy", Duration.ofSeconds(5), false));
    assertThat(AnswerPolicy.of(new PostAnswer.Refused("denied", TOOK), NOW)).isEqualTo(new Verdict.Again("denied", null, Duration.ZERO));
  }

  @ParameterizedTest
  @CsvSource(nullValues = "null", value = {"120, 120", "0, null", "-5, null", "soon, null", "'', null", "1e3, null", "999999999999, null",
      "'Sat, 31 Jan 2026 12:01:40 GMT', 100", "'Sat, 31 Jan 2026 11:00:00 GMT', null", "'Sat, 99 Jan 2026 11:00:00 GMT', null"})
  void retry_after_is_read_in_both_its_forms(String value, Long seconds) {
    assertThat(AnswerPolicy.retryAfter(value, NOW)).isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds));
  }
}
