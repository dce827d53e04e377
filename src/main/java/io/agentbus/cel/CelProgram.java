package io.agentbus.cel;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A checked expression, ready to run. */
final class CelProgram {
  private final CelRuntime.Program program;

  CelProgram(CelRuntime.Program program) {
    this.program = program;
  }

  /** Why an evaluation came to nothing, in words for the one who wrote the expression. */
  static final class Failed extends RuntimeException {
    private final @Nullable Excess excess;

    Failed(String why) {
      this(why, null);
    }

    private Failed(String why, @Nullable Excess excess) {
      super(why, null, false, false);
      this.excess = excess;
    }

    /** The limit that it met, if that is why. */
    @Nullable Excess excess() {
      return excess;
    }
  }

  /** @throws Failed when it cannot be evaluated over this event, or not within the meter */
  Object evaluate(EventFacts event, Meter meter) {
    try {
      return ScopedValue.where(Meter.CURRENT, meter)
          .call(() -> program.trace((String name) -> variable(event, name), (expression, value) -> meter.count(value)));
    } catch (Meter.Spent spent) {
      throw exceeded(meter.excess());
    } catch (CelEvaluationException failure) {
      throw new Failed(words(failure));
    } catch (Failed failed) {
      throw failed;
    } catch (RuntimeException failure) {
      // The library wraps what its functions throw, but not in all places.
      throw new Failed(words(failure));
    }
  }

  private static Optional<Object> variable(EventFacts event, String name) {
    return switch (name) {
      case CelEngine.EVENT + "topic" -> Optional.of(event.topic());
      case CelEngine.EVENT + "namespace" -> Optional.of(event.namespace());
      case CelEngine.EVENT + "source_agent" -> Optional.of(event.sourceAgent() == null ? "" : event.sourceAgent());
      case CelEngine.EVENT + "source_job_id" -> Optional.of(event.sourceJobId() == null ? "" : event.sourceJobId().toString());
      case CelEngine.EVENT + "created_at" -> Optional.of(event.createdAt().toInstant());
      case CelEngine.EVENT + "type" -> Optional.of(event.type());
      case CelEngine.EVENT + "headers" -> Optional.of(event.headersValue());
      case CelEngine.EVENT + "payload" -> Optional.of(event.payloadValue());
      default -> Optional.empty();
    };
  }

  private static Failed exceeded(@Nullable Excess excess) {
    return new Failed(excess == Excess.TIME ? "the expression takes too long over this event"
        : "the expression takes more than " + Expressions.MAX_COST + " steps over this event", excess);
  }

  /** The first line of what went wrong at the bottom, without the library's own prefix; never the event's content beyond a field's name. */
  private static String words(Throwable failure) {
    var said = failure;
    while (said.getCause() != null && said.getCause() != said) {
      said = said.getCause();
    }
    var message = said.getMessage() == null ? said.getClass().getSimpleName() : said.getMessage();
    var line = message.lines().findFirst().orElse(message).replaceFirst("^evaluation error(?: at [^:]*:\\d+)?: ", "")
        .replaceFirst(" with arg\\(s\\) .*", "");
    return line.length() <= 200 ? line : line.substring(0, 197) + "...";
  }
}
