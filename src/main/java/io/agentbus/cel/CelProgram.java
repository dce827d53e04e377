package io.agentbus.cel;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A checked expression, ready to run. */
final class CelProgram {
  /** So many characters or entries of a value cost one step. */
  private static final int GRAIN = 64;

  private final CelRuntime.Program program;

  CelProgram(CelRuntime.Program program) {
    this.program = program;
  }

  /** Why an evaluation came to nothing, in words for the one who wrote the expression. */
  static final class Failed extends RuntimeException {
    Failed(String why) {
      super(why, null, false, false);
    }
  }

  /** @throws Failed when it cannot be evaluated over this event */
  Object evaluate(EventFacts event) {
    var meter = new Meter();
    try {
      return program.trace((String name) -> variable(event, name), (expression, value) -> meter.count(value));
    } catch (CelEvaluationException failure) {
      throw meter.spent() ? tooCostly() : new Failed(words(failure));
    } catch (Failed failed) {
      throw failed;
    } catch (RuntimeException failure) {
      // The library wraps what its functions throw, but not in all places.
      throw meter.spent() ? tooCostly() : new Failed(words(failure));
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

  private static Failed tooCostly() {
    return new Failed("the expression takes more than " + Expressions.MAX_COST + " steps over this event");
  }

  /** The first line without the library's own prefix; never the event's content beyond a field's name. */
  private static String words(Throwable failure) {
    var message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    var line = message.lines().findFirst().orElse(message).replaceFirst("^evaluation error(?: at [^:]*:\\d+)?: ", "");
    return line.length() <= 200 ? line : line.substring(0, 197) + "...";
  }

  /** Adds up the work: every part that was evaluated, and the size of what it came to. */
  private static final class Meter {
    private int left = Expressions.MAX_COST;

    void count(Object value) {
      left -= 1 + switch (value) {
        case String text -> text.length() / GRAIN;
        case List<?> items -> items.size() / GRAIN;
        case Map<?, ?> fields -> fields.size() / GRAIN;
        case null, default -> 0;
      };
      if (left < 0) {
        throw tooCostly();
      }
    }

    boolean spent() {
      return left < 0;
    }
  }
}
