package io.agentbus.cel;

import org.jspecify.annotations.Nullable;

/** A compiled yes-or-no expression. Any thread. */
public final class EventFilter {
  private final CelProgram program;

  EventFilter(CelProgram program) {
    this.program = program;
  }

  /**
   * What came of one event.
   *
   * @param matches whether it is meant
   * @param failure why the expression could not be evaluated over it, such as a field that it does not have; it does not match then
   */
  public record Match(boolean matches, @Nullable String failure) {}

  /** Evaluates it over an event; never throws for what the event holds. */
  public Match match(EventFacts event) {
    try {
      return program.evaluate(event) instanceof Boolean answer ? new Match(answer, null)
          : new Match(false, "the expression answered no truth value");
    } catch (CelProgram.Failed failed) {
      return new Match(false, failed.getMessage());
    }
  }
}
