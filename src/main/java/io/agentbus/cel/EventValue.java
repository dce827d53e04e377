package io.agentbus.cel;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** A compiled expression that answers a value. Any thread. */
public final class EventValue {
  private final CelProgram program;

  EventValue(CelProgram program) {
    this.program = program;
  }

  CelProgram program() {
    return program;
  }

  /**
   * What came of one event; exactly one of the two is there.
   *
   * @param value as JSON: times and durations become texts
   * @param failure why there is none, such as a field that the event does not have
   */
  public record Answer(@Nullable JsonNode value, @Nullable String failure) {
    /** The value as text: a text as it stands, anything else as JSON; null where there is none or it is JSON null. */
    public @Nullable String text() {
      return value == null || value.isNull() ? null : value.isTextual() ? value.textValue() : value.toString();
    }
  }

  /**
   * Evaluates it over an event; never throws for what the event holds.
   *
   * @param room for what it answers; what does not fit is a failure
   */
  public Answer of(EventFacts event, FillRoom room) {
    try {
      return new Answer(CelJson.node(room.evaluate(program, event), room), null);
    } catch (CelProgram.Failed failed) {
      return new Answer(null, failed.getMessage());
    }
  }
}
