package io.agentbus.cel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.OffsetDateTime;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever an expression says and an event holds, evaluating it takes little time and what it makes stays small. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class ExpressionLimitsTest {
  /** {@code l}: numbers 1 to 1,000; {@code s}: many letters a; {@code w}: half as many and a b; {@code d}, {@code e}: equal and deep. */
  private static final JsonNode LARGE = large();

  private static JsonNode large() {
    var payload = JsonNodeFactory.instance.objectNode().put("s", "a".repeat(160_000)).put("w", "a".repeat(80_000) + "b");
    IntStream.rangeClosed(1, 1_000).forEach(payload.putArray("l")::add);
    for (var name : new String[] {"d", "e"}) {
      var outer = payload.putArray(name);
      IntStream.range(0, 30).forEach(i -> IntStream.range(0, 1_000).forEach(outer.addArray()::add));
    }
    return payload;
  }

  private static EventFacts event(JsonNode payload) {
    return EventFacts.of("phase.done", "team", null, null, OffsetDateTime.parse("2026-05-04T03:02:01Z"), payload);
  }

  private static EventFilter.Match match(String filter, JsonNode payload) {
    return Expressions.filter("/filter", filter).match(event(payload));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "event.payload.l.exists(x, event.payload.s.contains(event.payload.w))",
      "event.payload.l.exists(x, event.payload.s.matches('(a*)*b'))",
      "event.payload.l.exists(x, event.payload.s.matches(event.payload.w))",
      "event.payload.l.exists(x, event.payload.d != event.payload.e)",
      "event.payload.l.exists(x, event.payload.l in event.payload.d)",
      "event.payload.l.exists(x, event.payload.s.startsWith(event.payload.s + 'b'))",
      "event.payload.l.exists(x, size(event.payload.s) < 0)",
      "event.payload.l.all(a, event.payload.l.all(b, event.payload.l.all(c, a == a)))",
      "[event.payload.s].all(x, [x + x + x + x].all(y, [y + y + y + y].all(z, (z + z + z + z) != 'a')))",
      "[[event.payload.d, event.payload.d]].all(a, [[a, a]].all(b, [[b, b]].all(c, [[c, c]].all(d, [[d, d]].all(e, e == [e])))))",
      "event.payload.l.exists(x, event.payload.s.contains(event.payload.w)) || true"})
  void what_is_costly_ends_with_a_reason_and_cannot_be_overruled(String filter) {
    var match = match(filter, LARGE);
    assertThat(match.matches()).isFalse();
    assertThat(match.failure()).isNotBlank();
    assertThat(match.failure() + match.excess()).containsAnyOf("100000 steps", "a pattern has at most", "Iteration budget");
    assertThat(match.steps()).isLessThanOrEqualTo(Expressions.MAX_COST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"((((a{1000}){1000}){1000}){1000})", "(a{1000}[[:alpha:])(]b){1000}", "(a{1000}[])(]b){1000}", "((?:a{1000}|b{1000})+?){1000}",
      "(x\\Q(\\Ea{1000}y){1000}{1000}", "(a{0,1000}){0,1000}"})
  void a_pattern_that_would_be_too_large_is_never_compiled(String pattern) {
    var match = match("event.payload.s.matches('" + pattern.replace("\\", "\\\\") + "')", LARGE);
    assertThat(match.matches()).isFalse();
    assertThat(match.failure()).contains("the pattern's repeats come to");
  }

  @ParameterizedTest
  @ValueSource(strings = {"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", "^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$",
      "\\\\d{4}-\\\\d{2}-\\\\d{2}T\\\\d{2}:\\\\d{2}(:\\\\d{2}(\\\\.\\\\d{1,9})?)?Z", "a{1,200}b{1,100}", "[[:alpha:]_]+", "a{2}?b+?(c|d)*",
      "(?i)^[\\\\w.-]+@[a-z0-9-]+(\\\\.[a-z]{2,})+$", "(?i)[а-я]+", "(?i)^\\\\d{4}-\\\\d{2}$"})
  void patterns_of_every_day_are_compiled(String pattern) {
    assertThat(match("event.payload.t.matches('" + pattern + "')", JsonNodeFactory.instance.objectNode().put("t", "x")).failure()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"(?i)[A-\\\\x{10000}]", "(?si)x[^\\u0041-\\uFFF0]", "(?i:[A-Z\\\\x{41}-\\\\x{10000}])",
      "[\\\\pL\\\\pN]\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL"})
  void costly_classes_of_characters_use_up_the_steps(String pattern) {
    var match = match("event.payload.l.exists(x, 'x'.matches('" + pattern + "'))", LARGE);
    assertThat(match.excess()).isNotNull();
    assertThat(match.failure()).contains("100000 steps");
  }

  @Test
  void long_texts_are_searched_in_proportion_to_their_length() {
    var contains = match("event.payload.s.contains(event.payload.w)", LARGE);
    assertThat(contains.failure()).isNull();
    assertThat(contains.steps()).isBetween(320_000 / 64, 640_000 / 64);
    var matches = match("event.payload.s.matches('(a*)*b')", LARGE);
    assertThat(matches.failure()).isNull();
    assertThat(matches.steps()).isBetween(5 * 160_000 / 64, Expressions.MAX_COST);
    assertThat(match("event.payload.d == event.payload.e", LARGE).steps()).isGreaterThan(2 * 30 * 1_000 / 8);
  }

  @Test
  void a_text_contains_another_just_when_java_says_so() {
    var random = new Random(7);
    for (var i = 0; i < 2_000; i++) {
      var text = letters(random, random.nextInt(20));
      var wanted = letters(random, random.nextInt(6));
      var payload = JsonNodeFactory.instance.objectNode().put("s", text).put("w", wanted);
      assertThat(match("event.payload.s.contains(event.payload.w)", payload).matches()).as(text + " " + wanted).isEqualTo(text.contains(wanted));
    }
  }

  private static String letters(Random random, int many) {
    return random.ints(many, 'a', 'c').collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"'ab1'.matches('^[a-z]+[0-9]$')", "'xxaby'.matches('a.?b')", "!'b'.matches('^a')", "matches('abc', 'b')"})
  void patterns_mean_what_they_did(String filter) {
    assertThat(match(filter, JsonNodeFactory.instance.objectNode()).matches()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"'a'.matches('(')", "'a'.matches('(x{1000}){1000}')", "'a'.matches('x{900}y{900}')"})
  void a_pattern_that_is_none_or_too_large_is_a_failure(String filter) {
    var match = match(filter, JsonNodeFactory.instance.objectNode());
    assertThat(match.matches()).isFalse();
    assertThat(match.failure()).isNotBlank();
  }

  @Test
  void a_template_stays_within_its_room_whatever_it_is_filled_with() {
    var template = JsonNodeFactory.instance.objectNode();
    IntStream.range(0, EventTemplate.MAX_EXPRESSIONS).forEach(i -> template.put("f" + i, "{{event.payload}}"));
    var answer = EventTemplate.compile("/job", template).fill(event(LARGE), new FillRoom(300_000));
    assertThat(answer.value()).isNull();
    assertThat(answer.failure()).contains("comes to more than 300000 bytes");
    var joined = EventTemplate.compile("/title", TextNode.valueOf("x {{event.payload.s}}".repeat(EventTemplate.MAX_EXPRESSIONS)))
        .fill(event(LARGE), new FillRoom(300_000));
    assertThat(joined.failure()).contains("comes to more than 300000 bytes");
    assertThat(EventTemplate.compile("/title", TextNode.valueOf("{{event.payload.s}}")).fill(event(LARGE), new FillRoom(300_000)).failure()).isNull();
  }

  @Test
  void a_value_stays_within_its_room() {
    assertThat(Expressions.value("/cel", "[event.payload, event.payload, event.payload]").of(event(LARGE), new FillRoom(400_000)).failure())
        .contains("comes to more than 400000 bytes");
  }

  @Test
  void all_expressions_of_a_template_together_take_no_more_steps_than_a_few_may() {
    var template = JsonNodeFactory.instance.arrayNode();
    IntStream.range(0, EventTemplate.MAX_EXPRESSIONS).forEach(i -> template.add("{{event.payload.s.matches('(a*)*b')}}"));
    var room = new FillRoom(300_000);
    assertThat(EventTemplate.compile("/job", template).fill(event(LARGE), room).failure()).contains("steps");
    assertThat(room.steps()).isLessThanOrEqualTo(5 * Expressions.MAX_COST);
  }
}
