package io.agentbus.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.SampleOperations.Colour;
import io.agentbus.op.SampleOperations.Link;
import io.agentbus.op.SampleOperations.WriteNote;
import io.agentbus.problem.FieldError;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InputReaderTest {
  private static final String GOOD = "'name': 'shopping', 'text': 'milk'";

  @Test
  void every_type_arrives_as_it_was_sent() throws Exception {
    var note = read("{" + GOOD
        + ", 'namespace': 'acme/team', 'priority': 3, 'page_size': 5000000000, 'share': 0.5, 'pinned': true,"
        + "'answers': '0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42', 'show_after': '2026-01-31T12:00:00+02:00',"
        + "'said_at': '2026-01-31t12:00:00.25z', 'colour': 'dark_blue', 'manner': 'aloud', 'tags': ['a', 'b'],"
        + "'links': [{'href': 'x', 'weight': 1, 'colour': 'red'}], 'main_link': {'href': 'y'}, 'counts': {'milk': 2},"
        + "'extra': [1, null, {}], 'settings': {'a': {'b': null}}, 'key': 'k-1'}");
    assertThat(note).isEqualTo(new WriteNote("shopping", "milk", new NamespacePath("acme/team"), 3, 5_000_000_000L, 0.5,
        true, UUID.fromString("0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42"), Instant.parse("2026-01-31T10:00:00Z"),
        OffsetDateTime.parse("2026-01-31T12:00:00.25Z"), Colour.DARK_BLUE, "aloud", List.of("a", "b"),
        List.of(new Link("x", 1.0, Colour.RED)), new Link("y", null, null), Map.of("milk", 2), json("[1, null, {}]"),
        (ObjectNode) json("{'a': {'b': null}}"), "k-1"));
  }

  @Test
  void an_optional_field_that_is_null_is_absent() throws Exception {
    var absent = read("{" + GOOD + "}");
    assertThat(read("{" + GOOD + ", 'priority': null, 'pinned': null, 'tags': null, 'extra': null, 'main_link': null}"))
        .isEqualTo(absent);
    assertThat(absent.pinned()).isFalse();
    assertThat(absent.extra()).isNull();
    assertThat(read("{" + GOOD + ", 'links': [{'href': 'x', 'weight': null}]}").links())
        .containsExactly(new Link("x", null, null));
  }

  @Test
  void a_whole_number_may_be_written_with_a_point() throws Exception {
    assertThat(read("{" + GOOD + ", 'priority': 5.0}").priority()).isEqualTo(5);
  }

  @Test
  void every_wrong_field_is_named_at_once() throws Exception {
    assertThat(refused("{'name': 'Shopping!', 'priority': 10, 'colours': 'red', 'colour': 'green',"
        + "'links': [{'href': 'a'}, {'ref': 'b'}]}"))
        .containsExactly(
            new FieldError("/name", "must be a name of lower-case letters, digits and '-', not \"Shopping!\""),
            new FieldError("/text", "is required: What it says."),
            new FieldError("/priority", "must be a whole number between 0 and 9, not 10"),
            new FieldError("/colour", "must be one of: red, dark_blue, not \"green\""),
            new FieldError("/links/1/href", "is required: Where the link leads."),
            new FieldError("/links/1/ref", "is not a field of 'links'; did you mean 'href'?"),
            new FieldError("/colours", "is not a field of write_note; did you mean 'colour'?"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "'text': ''| /text| must be text that is not empty, not \"\"",
      "'text': 5| /text| must be text that is not empty, not 5",
      "'priority': '5'| /priority| must be a whole number between 0 and 9, not \"5\"",
      "'priority': 5.5| /priority| must be a whole number between 0 and 9, not 5.5",
      "'priority': 1e300| /priority| must be a whole number between 0 and 9, not 1.0E300",
      "'page_size': 0| /page_size| must be a whole number of at least 1, not 0",
      "'page_size': 99999999999999999999| /page_size| must be a whole number of at least 1, not 99999999999999999999",
      "'share': 1e999| /share| must be a number, not Infinity",
      "'pinned': 'yes'| /pinned| must be true or false, not \"yes\"",
      "'answers': '1-1-1-1-1'| /answers| must be a UUID such as 0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42, not"
      + " \"1-1-1-1-1\"",
      "'show_after': 'tomorrow'| /show_after| must be a time as RFC 3339 has it, such as 2026-01-31T12:00:00Z, not"
      + " \"tomorrow\"",
      "'show_after': '2026-01-31T12:00:00'| /show_after| must be a time as RFC 3339 has it, such as"
      + " 2026-01-31T12:00:00Z, not \"2026-01-31T12:00:00\"",
      "'show_after': '2026-02-30T12:00:00Z'| /show_after| must be a time as RFC 3339 has it, such as"
      + " 2026-01-31T12:00:00Z, not \"2026-02-30T12:00:00Z\"",
      "'namespace': 'Acme'| /namespace| must be a namespace such as acme or acme/team: 1 to 8 segments joined by '/', each"
      + " of lower-case letters, digits, '.', '_' or '-', which begin with a letter or digit, not \"Acme\"",
      "'manner': 'loud'| /manner| must be one of: aloud, silent, not \"loud\"",
      "'tags': 'a'| /tags| must be a list, not \"a\"",
      "'tags': ['a', 'B']| /tags/1| must be a lower-case word, not \"B\"",
      "'tags': ['a', null]| /tags/1| must be a lower-case word, not null",
      "'tags': ['a', 'b', 'c', 'd']| /tags| must have at most 3 entries, not 4",
      "'tags': ['abcdefghijabcdefghijk']| /tags/0| must be text of at most 20 characters, not 21",
      "'tags': ['a\\n']| /tags/0| must be a lower-case word, not \"a\\n\"",
      "'main_link': 'x'| /main_link| must be a JSON object, not \"x\"",
      "'counts': {'a~b/c': -1}| /counts/a~0b~1c| must be a whole number between 0 and 2147483647, not -1",
      "'settings': []| /settings| must be a JSON object, not a list",
      "'extra': 1e999| /extra| is a number too large to be kept",
      "'key': 'open sesame'| /key| must be a key, not the value given",
      "'zzz': 1| /zzz| is not a field of write_note",
      "'pageSize': 1| /pageSize| is not a field of write_note; did you mean 'page_size'?",
      "'page-size': 1| /page-size| is not a field of write_note; did you mean 'page_size'?",
      "'extra': 'a\\u0000b'| /extra| holds the character U+0000 at place 1, which cannot be stored",
      "'extra': {'a': [{'\\u0000': 1}]}| /extra/a/0/\uFFFD| holds the character U+0000 at place 0, which cannot be"
      + " stored",
      "'text': 'a\\u0000b'| /text| holds the character U+0000 at place 1, which cannot be stored",
      "'text': 'a\\ud800b'| /text| holds half a surrogate pair at place 1, which is no character",
      "'extra': ['\\udc00\\ud800']| /extra/0| holds half a surrogate pair at place 0, which is no character",
  })
  void a_wrong_value_is_told_what_would_be_right(String field, String pointer, String detail) throws Exception {
    var note = (ObjectNode) json("{" + GOOD + "}");
    note.setAll((ObjectNode) json("{" + field + "}"));
    assertThat(refused(note)).contains(new FieldError(pointer, detail));
  }

  @Test
  void a_long_value_is_shortened() throws Exception {
    assertThat(refused("{" + GOOD + ", 'manner': '" + "x".repeat(500) + "'}"))
        .containsExactly(new FieldError("/manner", "must be one of: aloud, silent, not \"" + "x".repeat(56) + "..."));
  }

  @Test
  void length_is_counted_in_characters_not_in_java_chars() throws Exception {
    var notes = "\uD83D\uDCDD".repeat(300);
    assertThat(read("{'name': 'a', 'text': '" + notes + "'}").text()).isEqualTo(notes);
    assertThat(refused("{'name': 'a', 'text': '" + notes + "x'}"))
        .containsExactly(new FieldError("/text", "must be text of at most 300 characters, not 301"));
  }

  @Test
  void no_more_than_twenty_faults_are_told() throws Exception {
    var note = (ObjectNode) json("{" + GOOD + "}");
    for (var i = 0; i < 100; i++) {
      note.put("unknown-" + i, i);
    }
    assertThat(refused(note)).hasSize(20);
  }

  @ParameterizedTest
  @CsvSource({"1e190, true", "1e250, false", "1e-190, true", "1e-250, false", "-1.5E+150, true", "123456.75, true"})
  void numbers_are_as_large_as_their_digits(String number, boolean taken) throws Exception {
    var note = (ObjectNode) json("{" + GOOD + ", 'extra': " + number + "}");
    if (taken) {
      assertThat(InputReader.read(SampleOperations.WRITE_NOTE, note).extra().doubleValue()).isEqualTo(Double.parseDouble(number));
    } else {
      assertThat(refusal(note).code()).isEqualTo(ProblemCode.PAYLOAD_TOO_LARGE);
    }
  }

  @Test
  void json_larger_than_its_field_takes_is_payload_too_large() throws Exception {
    assertThat(read("{" + GOOD + ", 'extra': '" + "\u00e9".repeat(99) + "'}").extra()).isNotNull();
    var refusal = refusal((ObjectNode) json("{" + GOOD + ", 'extra': '" + "\u00e9".repeat(99) + "x'}"));
    assertThat(refusal.code()).isEqualTo(ProblemCode.PAYLOAD_TOO_LARGE);
    assertThat(refusal).hasMessage("/extra is 201 bytes of JSON; at most 200 are allowed.");
    assertThat(refusal.members()).containsEntry("limit", 200).containsEntry("size", 201L)
        .containsEntry("pointer", "/extra");
  }

  @Test
  void json_too_large_beside_other_faults_is_one_of_the_errors() throws Exception {
    assertThat(refused("{" + GOOD + ", 'priority': 77, 'extra': '" + "x".repeat(300) + "'}")).containsExactly(
        new FieldError("/priority", "must be a whole number between 0 and 9, not 77"),
        new FieldError("/extra", "is 302 bytes of JSON; at most 200 are allowed"));
  }

  @Test
  void json_nested_too_deeply_is_refused_also_when_no_parser_saw_it() {
    var note = Json.MAPPER.createObjectNode().put("name", "a").put("text", "b");
    var inner = note.putArray("extra");
    for (var i = 0; i < 70; i++) {
      inner = inner.addArray();
    }
    assertThat(refused(note)).singleElement().satisfies(error ->
        assertThat(error.detail()).isEqualTo("is nested deeper than 64 levels"));
  }

  @Test
  void a_text_of_odd_characters_is_measured_as_it_is_written() throws Exception {
    for (var text : List.of("", "a\"b\\c", "\b\f\n\r\t", "\u0001\u001f\u007f", "\u00e9\u07ff", "\u0800\uffff",
        "\uD83D\uDCDD", "/</script>")) {
      assertThat(JsonContent.measure(TextNode.valueOf(text), new Faults(), 1))
          .as(text).isEqualTo(Json.MAPPER.writeValueAsBytes(text).length);
    }
  }

  private static WriteNote read(String input) throws Exception {
    return InputReader.read(SampleOperations.WRITE_NOTE, (ObjectNode) json(input));
  }

  private static List<FieldError> refused(String input) throws Exception {
    return refused((ObjectNode) json(input));
  }

  private static List<FieldError> refused(ObjectNode input) {
    var refusal = refusal(input);
    assertThat(refusal.code()).isEqualTo(ProblemCode.INVALID_INPUT);
    return refusal.errors();
  }

  private static ProblemException refusal(ObjectNode input) {
    return catchThrowableOfType(ProblemException.class, () -> InputReader.read(SampleOperations.WRITE_NOTE, input));
  }

  private static com.fasterxml.jackson.databind.JsonNode json(String text) throws Exception {
    return Json.MAPPER.readTree(text.replace('\'', '"'));
  }
}
