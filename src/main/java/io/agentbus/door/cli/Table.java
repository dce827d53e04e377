package io.agentbus.door.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Records as a table that is no wider than the terminal: the columns that tell records apart come first, others while
 * there is room. Free text is shortened to the room there is; what identifies something never is.
 */
final class Table {
  /** Up to here free text is given room before other text gets more. */
  private static final int FAIR_CELL = 44;
  /** Shorter free text tells nothing: the column is left out instead. */
  private static final int SHORTEST_CELL = 16;
  private static final String GAP = "  ";
  private static final List<String> FIRST = List.of("id", "name", "status", "at", "actor", "action", "from", "to",
      "namespace", "target_agent", "agent", "subject", "title", "topic", "order_name", "theme", "job_type", "type", "lane",
      "priority", "summary", "detail", "reason", "blocked_reason", "error", "last_error", "fence", "attempt",
      "attempt_count", "created_at", "acked_at", "deferred_until", "run_after", "leased_until", "updated_at");
  /** Names of what somebody may want to type elsewhere, or compare. */
  private static final Pattern IDENTIFIER = Pattern.compile(
      "(.*_)?(id|name|key|token|namespace|agent|owner|actor|cursor|url)|at|.*_at|.*_until|.*_after");
  /** Records that stand in a cell, because what they hold is short and worth a look. */
  private static final String FLAT = "detail";

  /**
   * A column that may be chosen.
   *
   * @param width of the heading and every cell as they are
   * @param least the width to which it may be shortened
   */
  private record Column(String name, List<String> cells, int width, int least) {}

  private Table() {}

  /** The table, ending in a line break; the first line bears the names of the columns. */
  static String of(List<JsonNode> rows, int columns, Instant now) {
    var names = names(rows);
    var chosen = new ArrayList<Column>();
    var used = 0;
    for (var name : names) {
      var column = column(name, rows, now);
      var room = column.least() + (chosen.isEmpty() ? 0 : GAP.length());
      // What nobody ranked takes no room from text that was.
      var owed = rank(name) < FIRST.size() ? 0 : chosen.stream().mapToInt(Table::cut).sum();
      if (chosen.isEmpty() || used + room + owed <= columns) {
        used += room;
        chosen.add(column);
      }
    }
    var widths = widths(chosen, columns - used);
    var text = new StringBuilder(line(chosen, widths, column -> heading(column.name())));
    for (var row = 0; row < rows.size(); row++) {
      var at = row;
      text.append(line(chosen, widths, column -> column.cells().get(at)));
    }
    if (chosen.size() < names.size()) {
      text.append("(").append(names.size() - chosen.size()).append(" more columns with --json)\n");
    }
    return text.toString();
  }

  /** How far the column is from the room that free text is given first. */
  private static int cut(Column column) {
    return Math.max(0, Math.min(column.width(), FAIR_CELL) - column.least());
  }

  /** Gives the room that is left to what had to be shortened: to each a fair part, then from the left on. */
  private static int[] widths(List<Column> chosen, int room) {
    var left = room;
    var widths = chosen.stream().mapToInt(Column::least).toArray();
    for (var most : new int[] {FAIR_CELL, Integer.MAX_VALUE}) {
      for (var at = 0; at < widths.length; at++) {
        var more = Math.clamp(Math.min(chosen.get(at).width(), most) - widths[at], 0, Math.max(0, left));
        widths[at] += more;
        left -= more;
      }
    }
    return widths;
  }

  /** Names of simple values that at least one row has, the telling ones first. */
  private static List<String> names(List<JsonNode> rows) {
    var names = new LinkedHashSet<String>();
    for (var row : rows) {
      row.properties().stream().filter(Table::isShown).forEach(field -> names.add(field.getKey()));
    }
    return names.stream().sorted(Comparator.comparingInt(Table::rank)).toList();
  }

  private static boolean isShown(Map.Entry<String, JsonNode> field) {
    var value = field.getValue();
    return value.isValueNode() ? !value.isNull() : field.getKey().equals(FLAT) && value.isObject() && !value.isEmpty();
  }

  private static int rank(String name) {
    var place = FIRST.indexOf(name);
    return place < 0 ? FIRST.size() : place;
  }

  private static Column column(String name, List<JsonNode> rows, Instant now) {
    var cells = rows.stream().map(row -> cell(row.path(name), now)).toList();
    var heading = length(heading(name));
    var widest = Math.max(heading, cells.stream().mapToInt(Table::length).max().orElse(0));
    var isText = !IDENTIFIER.matcher(name).matches() && widest > SHORTEST_CELL;
    return new Column(name, cells, widest, isText ? Math.max(heading, SHORTEST_CELL) : widest);
  }

  private static String cell(JsonNode value, Instant now) {
    return !value.isObject() ? Words.brief(value, now)
        : value.properties().stream().map(field -> Words.clean(field.getKey()) + ": " + Words.brief(field.getValue(), now))
            .collect(Collectors.joining(", "));
  }

  /** A field's name as it stands above its values. */
  static String heading(String name) {
    return Words.clean(name).toUpperCase(Locale.ROOT).replace('_', ' ');
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static String fit(String text, int width) {
    var length = length(text);
    return length <= width ? text + " ".repeat(width - length)
        : text.substring(0, text.offsetByCodePoints(0, width - 1)) + "…";
  }

  private static String line(List<Column> chosen, int[] widths, Function<Column, String> cell) {
    var cells = new ArrayList<String>(widths.length);
    for (var at = 0; at < widths.length; at++) {
      cells.add(fit(cell.apply(chosen.get(at)), widths[at]));
    }
    return String.join(GAP, cells).stripTrailing() + "\n";
  }
}
