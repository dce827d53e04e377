package io.agentbus.work;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.client.Trees;
import java.io.PrintStream;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** One line for each thing that happens to a job: {@code key=value} for people, JSON for programs. Thread-safe. */
public final class WorkLog {
  private final PrintStream out;
  private final boolean json;
  private final Clock clock;

  public WorkLog(PrintStream out, boolean json, Clock clock) {
    this.out = out;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Writes a line.
   *
   * @param event such as {@code job.claimed}
   * @param pairs names and values in turn; a pair whose value is null is left out
   */
  void say(String event, @Nullable Object... pairs) {
    var line = Trees.MAPPER.createObjectNode().put("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString())
        .put("event", event);
    for (var at = 0; at < pairs.length; at += 2) {
      if (pairs[at + 1] != null) {
        line.putPOJO(String.valueOf(pairs[at]), pairs[at + 1]);
      }
    }
    out.println(json ? line.toString() : text(line));
  }

  private static String text(ObjectNode line) {
    var text = new StringBuilder(line.remove("time").asText()).append(' ').append(line.remove("event").asText());
    for (var pair : line.properties()) {
      var value = pair.getValue().asText();
      var isPlain = value.chars().allMatch(letter -> letter > ' ' && letter < 127 && letter != '"' && letter != '=');
      text.append(' ').append(pair.getKey()).append('=')
          .append(isPlain && !value.isEmpty() ? value : Trees.MAPPER.getNodeFactory().textNode(value).toString());
    }
    return text.toString();
  }
}
