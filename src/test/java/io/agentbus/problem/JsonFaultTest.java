package io.agentbus.problem;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.agentbus.op.Json;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFaultTest {
  private static final int DEPTH = 64;

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", " { \"a\" : [1, -0.5e+3, true, null, \"\\u00e4\\n\"] } ", "0", "\"\"", "\uFEFF{}", "{\"a\":{\"a\":1}}"})
  void what_is_json_has_no_fault(String text) {
    assertThat(JsonFault.in(text, DEPTH)).isNull();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "{                    | line 1, column 2: the end comes where a name in double quotes, or '}', is expected",
      "{\"a\": 1} {\"b\": 2}| line 1, column 10: '{' stands behind the end of the JSON, which is one value",
      "{\"a\": 1,}          | line 1, column 9: '}' stands where another name in double quotes is expected: take the comma before it away",
      "{a: 1}               | line 1, column 2: 'a' stands where a name in double quotes, or '}', is expected",
      "{'a': 1}             | line 1, column 2: ''' stands where a name in double quotes, or '}', is expected, not in single ones",
      "{\"a\" 1}            | line 1, column 6: '1' stands where ':' behind the name \"a\" is expected",
      "{\"a\": }            | line 1, column 7: '}' stands where the value of \"a\" is expected, perhaps after a comma too many",
      "{\"a\": 1 \"b\": 2}  | line 1, column 9: '\"' stands where ',' or '}' is expected",
      "{\"a\": 1, \"a\": 2} | line 1, column 10: the name \"a\" is given twice in one object",
      "{\"a\": True}        | line 1, column 7: the word \"True\" stands where the value of \"a\" is expected: the only words are true, false and null, "
          + "and text stands in double quotes",
      "[1 2]                | line 1, column 4: '2' stands where ',' or ']' is expected",
      "[1,]                 | line 1, column 4: ']' stands where another value is expected, perhaps after a comma too many",
      "[01]                 | line 1, column 2: a number does not begin with 0, unless it is 0 or goes on with a point",
      "[1.]                 | line 1, column 4: ']' stands where a digit is expected",
      "[-]                  | line 1, column 3: ']' stands where a digit is expected",
      "[\"abc]              | line 1, column 2: the double quote that stands here is never closed",
      "[\"\\x\"]            | line 1, column 3: a backslash within quotes begins none of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX; by itself it is "
          + "written as \\\\",
      "// note              | line 1, column 1: '/' stands where a value is expected: JSON has no comments"})
  void a_fault_is_told_with_its_place_and_what_would_be_right(String text, String fault) {
    assertThat(JsonFault.in(text, DEPTH)).hasToString(fault);
  }

  @Test
  void lines_and_columns_are_counted_as_a_person_does() {
    assertThat(JsonFault.in("{\n  \"\uD83D\uDE80ä\": ,\n}", DEPTH)).hasToString("line 2, column 9: ',' stands where the value of \"\uD83D\uDE80ä\" is expected");
    assertThat(JsonFault.in("[\"a\nb\"]", DEPTH)).hasToString("line 1, column 4: a line break stands within quotes, where it is written as \\n");
    assertThat(JsonFault.in("[\"\u0001\"]", DEPTH))
        .hasToString("line 1, column 3: the character U+0001 stands within quotes, where it is written as \\u0001");
  }

  @Test
  void bytes_that_are_no_text_are_told_as_such() {
    assertThat(JsonFault.in(new byte[] {'"', (byte) 0xFF, '"'}, DEPTH)).hasToString("the bytes are not UTF-8");
    assertThat(JsonFault.in("\"ä\"".getBytes(StandardCharsets.UTF_8), DEPTH)).isNull();
  }

  @Test
  void what_nests_too_deep_is_not_followed() {
    assertThat(JsonFault.in("[".repeat(1_000_000), DEPTH)).isNull();
  }

  @Test
  void it_finds_a_fault_where_the_parser_does_and_nowhere_else() {
    var seed = Long.getLong("json.seed", System.nanoTime());
    var random = new Random(seed);
    var good = "{\"a\": [1, -2.5e3, \"x\\n\\u00e9\", true], \"b\": {\"c\": null, \"d\": []}, \"e\": \"\"}";
    var letters = "{}[]\",:\\ tfn01-.eEu/'\n";
    for (var i = 0; i < 20_000; i++) {
      var text = new StringBuilder(good);
      for (var edits = 1 + random.nextInt(3); edits > 0; edits--) {
        var at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, letters.charAt(random.nextInt(letters.length())));
          default -> text.setCharAt(at, letters.charAt(random.nextInt(letters.length())));
        }
      }
      assertThat(JsonFault.in(text.toString(), DEPTH) == null).as("-Djson.seed=" + seed + ": " + text).isEqualTo(parses(text.toString()));
    }
  }

  private static boolean parses(String text) {
    try {
      return !Json.MAPPER.readTree(text).isMissingNode();
    } catch (JsonProcessingException e) {
      return false;
    }
  }
}
