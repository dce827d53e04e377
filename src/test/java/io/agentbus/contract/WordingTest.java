package io.agentbus.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two tellings of a promise are equal when they differ in nothing but what is new each time. */
class WordingTest {
  private static final String ID = "0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e4";

  @Test
  void what_is_new_each_time_makes_no_difference() {
    assertThat(told("life/n1", "{'id': '" + ID + "1', 'namespace': 'life/n1', 'fence': 7, 'at': '2026-01-01T00:00:00Z', 'position': 3,"
        + " 'detail': 'with fence 7 of " + ID + "1', 'next': 'abc', 'request_id': 'r1'}"))
        .isEqualTo(told("life/n22", "{'at': '2026-02-02T01:02:03.456Z', 'id': '" + ID + "2', 'namespace': 'life/n22', 'fence': 8, 'position': null,"
            + " 'detail': 'with fence 8 of " + ID + "2', 'next': 'def', 'request_id': 'r2'}"));
  }

  @Test
  void everything_else_does() {
    var told = told("life/n1", "{'status': 'queued', 'fence': 7, 'next': 'abc', 'at': '2026-01-01T00:00:00Z', 'n': 1, 'list': [1, 2]}");
    for (var other : new String[] {"'status': 'leased'", "'fence': null", "'next': null", "'at': null", "'n': 2", "'n': 1.0", "'n': '1'", "'list': [2, 1]",
        "'more': null"}) {
      var answer = World.json("{'status': 'queued', 'fence': 7, 'next': 'abc', 'at': '2026-01-01T00:00:00Z', 'n': 1, 'list': [1, 2]}");
      answer.setAll(World.json("{" + other + "}"));
      assertThat(told("life/n1", answer.toString())).as(other).isNotEqualTo(told);
    }
  }

  @Test
  void an_id_keeps_its_name_from_answer_to_answer() {
    var first = "{'id': '" + ID + "1'}";
    var second = "{'id': '" + ID + "2'}";
    assertThat(told("life/n1", first, first)).isNotEqualTo(told("life/n1", first, second));
    assertThat(told("life/n1", first, second)).isEqualTo(told("life/n1", second, first));
  }

  private static String told(String namespace, String... answers) {
    var wording = new Wording(Map.of(namespace, "<namespace>"));
    var told = new StringBuilder();
    for (var answer : answers) {
      told.append(wording.of(new Answer(200, false, World.json(answer)))).append('\n');
    }
    return told.toString();
  }
}
