package io.agentbus.door.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.client.Trees;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
    var list = list(answer);
    if (list == null) {
      out.print(answer.isObject() ? Lines.of(answer, now)
          : Words.clean(answer.isValueNode() ? answer.asText() : pretty(answer)) + "\n");
      return;
    }
    out.print(list.rows().isEmpty() ? "none\n" : Table.of(list.rows(), columns, now));
    out.print(Lines.of(list.beside(), now));
    var next = answer.path("next");
    if (next.isTextual()) {
      out.print("more: --cursor " + Words.clean(next.asText()) + "\n");
    }
  }

  /** The one list of records that an answer is about, and what stands beside it. */
  private record Listing(List<JsonNode> rows, ObjectNode beside) {}

  private static @Nullable Listing list(JsonNode answer) {
    var beside = Trees.MAPPER.createObjectNode();
    var lists = new ArrayList<JsonNode>();
    if (answer.isArray()) {
      lists.add(answer);
    }
    for (var field : answer.properties()) {
      if (isRecords(field.getValue()) || field.getKey().equals("items") && field.getValue().isArray()) {
        lists.add(field.getValue());
      } else if (!field.getKey().equals("next")) {
        beside.set(field.getKey(), field.getValue());
      }
    }
    var isListing = lists.size() == 1 && (beside.size() <= 3)
        && (answer.isArray() ? isRecords(answer) || answer.isEmpty() : true);
    return isListing ? new Listing(lists.getFirst().valueStream().toList(), beside) : null;
  }

  private static boolean isRecords(JsonNode node) {
    return node.isArray() && !node.isEmpty() && node.valueStream().allMatch(JsonNode::isObject);
  }
}
