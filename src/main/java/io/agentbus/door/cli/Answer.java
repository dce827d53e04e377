package io.agentbus.door.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.client.Trees;
import java.io.PrintStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Prints an answer: one JSON document for programs, tables and lines for people. */
final class Answer {
  private static final DefaultIndenter INDENT = new DefaultIndenter("  ", "\n");

  private Answer() {}

  static void print(JsonNode answer, Terminal terminal, boolean json, Instant now) {
    if (json || !terminal.interactive()) {
      terminal.out().print(pretty(answer) + "\n");
    } else {
      forPeople(answer, terminal.out(), terminal.columns().getAsInt(), now);
    }
  }

  static String pretty(JsonNode tree) {
    try {
      return Trees.MAPPER.writer(new DefaultPrettyPrinter().withObjectIndenter(INDENT).withArrayIndenter(INDENT))
          .writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that was read cannot be written", e);
    }
  }

  static void forPeople(JsonNode answer, PrintStream out, int columns, Instant now) {
    if (!answer.isContainerNode()) {
      out.print(Words.clean(answer.asText()) + "\n");
      return;
    }
    var beside = Trees.MAPPER.createObjectNode();
    var lists = lists(answer, beside);
    if (lists.isEmpty()) {
      out.print(answer.isObject() ? Lines.of(answer, now) : Words.clean(pretty(answer)) + "\n");
    } else if (lists.size() == 1 && beside.size() <= 3) {
      // The answer is this list.
      var rows = lists.values().iterator().next();
      out.print(rows.isEmpty() ? "none\n" : Table.of(rows, columns, now));
      out.print(Lines.of(beside, now));
    } else {
      out.print(Lines.of(beside, now));
      lists.forEach((name, rows) -> out.print("\n" + Table.heading(name) + "\n" + Table.of(rows, columns, now)));
    }
    var next = answer.path("next");
    if (next.isTextual()) {
      out.print("more: --cursor " + Words.clean(next.asText()) + "\n");
    }
  }

  /** The lists of records in an answer by their names; what stands beside them is added to {@code beside}. */
  private static Map<String, List<JsonNode>> lists(JsonNode answer, ObjectNode beside) {
    var lists = new LinkedHashMap<String, List<JsonNode>>();
    if (isRecords(answer) || answer.isArray() && answer.isEmpty()) {
      lists.put("", answer.valueStream().toList());
    }
    for (var field : answer.properties()) {
      var value = field.getValue();
      if (isRecords(value) || field.getKey().equals("items") && value.isArray()) {
        lists.put(field.getKey(), value.valueStream().toList());
      } else if (!field.getKey().equals("next")) {
        beside.set(field.getKey(), value);
      }
    }
    return lists;
  }

  private static boolean isRecords(JsonNode node) {
    return node.isArray() && !node.isEmpty() && node.valueStream().allMatch(JsonNode::isObject);
  }
}
