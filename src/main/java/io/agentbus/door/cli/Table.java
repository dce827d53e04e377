package io.agentbus.door.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/**
 * Records as a table that fits the terminal: the columns that tell records apart come first, others while there is
 * room.
 */
final class Table {
  private static final int WIDEST_CELL = 44;
  private static final String GAP = "  ";
  private static final List<String> FIRST = List.of("id", "name", "status", "namespace", "target_agent", "agent",
      "subject", "title", "topic", "order_name", "theme", "job_type", "type", "lane", "priority", "fence", "attempt",
      "attempt_count", "summary", "detail", "reason", "blocked_reason", "last_error", "created_at", "run_after",
      "leased_until", "updated_at");

  private record Column(String name, List<String> cells, int width) {}

  private Table() {}

  /** The table, ending in a line break; the first line bears the names of the columns. */
  static String of(List<JsonNode> rows, int columns, Instant now) {
    var names = names(rows);
    var chosen = new ArrayList<Column>();
    var used = 0;
    for (var name : names) {
      var column = column(name, rows, now);
      if (chosen.isEmpty() || used + GAP.length() + column.width() <= columns) {
        used += column.width() + (chosen.isEmpty() ? 0 : GAP.length());
        chosen.add(column);
      }
    }
    var text = new StringBuilder(line(chosen.stream().map(column -> pad(heading(column.name()), column.width()))
        .toList()));
    for (var row = 0; row < rows.size(); row++) {
      var at = row;
      text.append(line(chosen.stream().map(column -> pad(column.cells().get(at), column.width())).toList()));
    }
    if (chosen.size() < names.size()) {
      text.append("(").append(names.size() - chosen.size()).append(" more columns with --json)\n");
    }
    return text.toString();
  }

  /** Names of simple values that at least one row has, the telling ones first. */
  private static List<String> names(List<JsonNode> rows) {
    var names = new LinkedHashSet<String>();
    for (var row : rows) {
      row.properties().stream().filter(field -> field.getValue().isValueNode() && !field.getValue().isNull())
          .forEach(field -> names.add(field.getKey()));
    }
    return names.stream().sorted(Comparator.comparingInt(Table::rank)).toList();
  }

  private static int rank(String name) {
    var place = FIRST.indexOf(name);
    return place < 0 ? FIRST.size() : place;
  }

  private static Column column(String name, List<JsonNode> rows, Instant now) {
    var cells = rows.stream().map(row -> cut(Words.brief(row.path(name), now))).toList();
    var widest = cells.stream().mapToInt(Table::length).max().orElse(0);
    return new Column(name, cells, Math.max(widest, length(heading(name))));
  }

  private static String heading(String name) {
    return Words.clean(name).toUpperCase(Locale.ROOT).replace('_', ' ');
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static String cut(String text) {
    return length(text) <= WIDEST_CELL ? text : text.substring(0, text.offsetByCodePoints(0, WIDEST_CELL - 1)) + "…";
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - length(text));
  }

  private static String line(List<String> cells) {
    return String.join(GAP, cells).stripTrailing() + "\n";
  }
}
