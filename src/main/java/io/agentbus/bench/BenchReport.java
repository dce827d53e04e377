package io.agentbus.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of a run as they come, and how they are shown. Used by one thread. */
final class BenchReport {
  private static final List<String> HEADS = List.of("row", "value", "unit", "ceiling", "ratio", "promise", "kept");

  private final Map<String, String> facts;
  private final PrintStream progress;
  private final List<BenchRow> rows = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * @param facts what was measured on what, in the order in which it is shown
   * @param progress is told each row at once: a run that is stopped has not been for nothing
   */
  BenchReport(Map<String, String> facts, PrintStream progress) {
    this.facts = facts;
    this.progress = progress;
  }

  BenchRow add(BenchRow row) {
    rows.add(row);
    progress.println("bench:   " + row.name() + ": " + Figures.text(row.value()) + " " + row.unit()
        + (row.ratio() == null ? "" : " (" + Figures.text(row.ratio()) + " of " + row.ceiling().id() + ")"));
    progress.flush();
    return row;
  }

  /** Says why a row is missing or how one was taken. */
  void note(String words) {
    notes.add(words);
  }

  Optional<BenchRow> row(String id) {
    return rows.stream().filter(row -> row.id().equals(id)).findFirst();
  }

  ObjectNode json() {
    var root = Json.MAPPER.createObjectNode();
    var machine = root.putObject("run");
    facts.forEach(machine::put);
    var list = root.putArray("rows");
    for (var row : rows) {
      var one = list.addObject().put("id", row.id()).put("name", row.name()).put("value", row.value()).put("unit", row.unit());
      row.samples().forEach(one.putArray("samples")::add);
      if (row.ceiling() != null) {
        one.put("ceiling", row.ceiling().value()).put("ceiling_row", row.ceiling().id()).put("ratio", row.ratio());
      }
      if (row.target() != null) {
        one.put("promise", row.target().words()).put("kept", row.kept());
      }
    }
    notes.forEach(root.putArray("notes")::add);
    return root;
  }

  /** A table with aligned columns. */
  String text() {
    var lines = cells();
    var widths = new int[HEADS.size()];
    for (var line : lines) {
      for (var i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    var text = new StringBuilder();
    facts.forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
    text.append('\n');
    for (var line : lines) {
      var at = text.length();
      for (var i = 0; i < widths.length; i++) {
        var space = " ".repeat(widths[i] - line.get(i).length());
        text.append(isNumber(i) ? space + line.get(i) : line.get(i) + space).append("  ");
      }
      text.replace(at, text.length(), text.substring(at).stripTrailing() + "\n");
    }
    notes.forEach(note -> text.append("\nnote: ").append(note));
    return text.append(notes.isEmpty() ? "" : "\n").toString();
  }

  String markdown() {
    var text = new StringBuilder("# agentbus bench\n\n");
    facts.forEach((name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
    text.append('\n');
    var lines = cells();
    for (var i = 0; i < lines.size(); i++) {
      text.append("| ").append(String.join(" | ", lines.get(i))).append(" |\n");
      if (i == 0) {
        text.append("|---|---:|---|---:|---:|---|---|\n");
      }
    }
    if (!notes.isEmpty()) {
      text.append('\n');
      notes.forEach(note -> text.append("- ").append(note).append('\n'));
    }
    return text.toString();
  }

  private static boolean isNumber(int column) {
    return column == 1 || column == 3 || column == 4;
  }

  private List<List<String>> cells() {
    var lines = new ArrayList<List<String>>();
    lines.add(HEADS);
    for (var row : rows) {
      lines.add(List.of(row.name(), Figures.text(row.value()), row.unit(), row.ceiling() == null ? "" : Figures.text(row.ceiling().value()),
          row.ratio() == null ? "" : Figures.text(row.ratio()), row.target() == null ? "" : row.target().words(), yesNo(row.kept())));
    }
    return lines;
  }

  private static String yesNo(@Nullable Boolean kept) {
    return kept == null ? "" : kept ? "yes" : "NO";
  }
}
