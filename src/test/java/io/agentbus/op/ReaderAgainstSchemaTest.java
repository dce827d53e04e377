package io.agentbus.op;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.Validator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The reader and the published schema are made from the same annotations by different code: here they must agree. */
class ReaderAgainstSchemaTest {
  /**
   * Values of every sort, good for some field and bad for others; each with its neighbours on the other side of a
   * limit. Not among them: times without offset, which the validator takes and RFC 3339 does not.
   */
  private static final List<String> VALUES = List.of(
      "null", "true", "false", "0", "-1", "1", "5", "9", "10", "5.0", "5.5", "1e2",
      "2147483647", "2147483648", "-2147483649",
      "''", "'a'", "'shopping'", "'Shopping'", "'-a'", "'a b'", "'k-1'", "'aloud'", "'Aloud'", "'red'", "'RED'",
      "'dark_blue'", "'acme/team'", "'acme//team'", "'a/b/c/d/e/f/g/h'", "'a/b/c/d/e/f/g/h/i'",
      "'" + "x".repeat(20) + "'", "'" + "x".repeat(21) + "'", "'" + "x".repeat(40) + "'", "'" + "x".repeat(41) + "'",
      "'" + "\uD83D\uDCDD".repeat(300) + "'", "'" + "\uD83D\uDCDD".repeat(301) + "'",
      "'0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42'", "'0197A0DE-7C2B-7F31-9D5E-3C1F5B0A9E42'",
      "'0197a0de7c2b7f319d5e3c1f5b0a9e42'", "'1-1-1-1-1'",
      "'2026-01-31T12:00:00Z'", "'2026-01-31t12:00:00.123456z'", "'2026-01-31T12:00:00+05:45'",
      "'2024-02-29T00:00:00Z'", "'2026-01-31 12:00:00Z'", "'2026-01-31T12:00Z'", "'2026-01-31'",
      "'2026-13-31T12:00:00Z'", "'2026-01-31T25:00:00Z'",
      "[]", "['a']", "['a', 'b', 'c']", "['a', 'b', 'c', 'd']", "['A']", "['']", "[1]", "[null]", "[[]]",
      "{}", "{'a': 1}", "{'a': 1.0, 'b': 0}", "{'a': -1}", "{'a': null}", "{'a': '1'}",
      "{'a': 1, 'b': 2, 'c': 3, 'd': 4}",
      "{'href': 'x'}", "{'href': ''}", "{'href': null}", "{'href': 'x', 'weight': 0.5, 'colour': 'red'}",
      "{'href': 'x', 'weight': null}", "{'href': 'x', 'weight': '1'}", "{'href': 'x', 'other': 1}",
      "[{'href': 'x'}, {'href': 'y', 'colour': 'dark_blue'}]", "[{'href': 'x'}, {'weight': 1}]",
      "[{'href': 'x', 'colour': null}]");

  private final Validator validator = Validator.create(
      JsonSchema.of(new JsonObject(Schemas.input(SampleOperations.WRITE_NOTE).toString())),
      new JsonSchemaOptions().setDraft(Draft.DRAFT202012).setBaseUri("app://agentbus")
      .setOutputFormat(OutputFormat.Basic));
  private final List<String> names = new ArrayList<>(RecordShape.of(SampleOperations.WriteNote.class).names());

  @Test
  void each_value_in_each_field_is_taken_or_refused_by_both() throws Exception {
    for (var name : names) {
      for (var value : VALUES) {
        assertAgreed(good().set(name, json(value)), 0);
      }
    }
  }

  @Test
  void random_inputs_are_taken_or_refused_by_both() throws Exception {
    assertRandomInputs(5_000);
  }

  @Test
  @Tag("chaos")
  void very_many_random_inputs_are_taken_or_refused_by_both() throws Exception {
    assertRandomInputs(500_000);
  }

  private void assertRandomInputs(int count) throws Exception {
    var seed = System.nanoTime();
    System.out.println("ReaderAgainstSchemaTest seed " + seed);
    var random = new Random(seed);
    var taken = 0;
    for (var i = 0; i < count; i++) {
      var input = good();
      for (var changes = random.nextInt(5); changes > 0; changes--) {
        change(input, random);
      }
      taken += assertAgreed(input, seed) ? 1 : 0;
    }
    // Both kinds must really occur, or the test shows nothing.
    assertThat(taken).as("seed %d", seed).isBetween(count / 20, count - count / 20);
  }

  private void change(ObjectNode input, Random random) throws Exception {
    var name = names.get(random.nextInt(names.size()));
    switch (random.nextInt(10)) {
      case 0 -> input.remove(name);
      case 1 -> input.set(name + "x", json(VALUES.get(random.nextInt(VALUES.size()))));
      default -> input.set(name, json(VALUES.get(random.nextInt(VALUES.size()))));
    }
  }

  private boolean assertAgreed(JsonNode input, long seed) {
    var told = "";
    try {
      InputReader.read(SampleOperations.WRITE_NOTE, (ObjectNode) input);
    } catch (ProblemException refusal) {
      told = refusal.getMessage();
    }
    if (told.contains("bytes of JSON")) {
      // A schema cannot say how large JSON may be.
      return false;
    }
    var judged = validator.validate(new JsonObject(withoutAbsent(input.deepCopy()).toString()));
    assertThat(told.isEmpty()).as("seed %d, input %s, reader '%s'", seed, input, told)
        .isEqualTo(judged.getValid());
    return told.isEmpty();
  }

  /** Null means absent to the reader, so the schema does not mention it. */
  private static JsonNode withoutAbsent(JsonNode input) {
    removeNulls(input, RecordShape.of(SampleOperations.WriteNote.class));
    return input;
  }

  private static void removeNulls(JsonNode node, RecordShape shape) {
    if (!(node instanceof ObjectNode object)) {
      return;
    }
    for (var field : shape.fields()) {
      var value = object.get(field.name());
      if (value != null && value.isNull() && !field.required()) {
        object.remove(field.name());
      } else if (value != null && field.value().leaf().kind() == ValueShape.Kind.RECORD) {
        (value instanceof ArrayNode list ? list : List.of(value))
            .forEach(one -> removeNulls(one, field.value().leaf().record()));
      }
    }
  }

  private static ObjectNode good() throws Exception {
    return (ObjectNode) json("{'name': 'shopping', 'text': 'milk'}");
  }

  private static JsonNode json(String text) throws Exception {
    return Json.MAPPER.readTree(text.replace('\'', '"'));
  }
}
