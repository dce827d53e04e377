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
   * @param excess the limit that it met, if that is why
   * @param steps how much work it was; at most {@link Expressions#MAX_COST}
   */
  public record Match(boolean matches, @Nullable String failure, @Nullable Excess excess, int steps) {}

  /** Evaluates it over an event; never throws for what the event holds. */
  public Match match(EventFacts event) {
    var meter = new Meter(Expressions.MAX_COST, Expressions.MAX_TIME);
    try {
      return program.evaluate(event, meter) instanceof Boolean answer ? new Match(answer, null, null, spent(meter))
          : new Match(false, "the expression answered no truth value", null, spent(meter));
    } catch (CelProgram.Failed failed) {
      return new Match(false, failed.getMessage(), failed.excess(), spent(meter));
    }
  }

  private static int spent(Meter meter) {
    return Expressions.MAX_COST - meter.left();
  }
}
