package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.cel.EventFacts;
import io.agentbus.cel.FillRoom;
import io.agentbus.op.Json;
import io.agentbus.op.Limits;
import io.agentbus.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** JSON in which an object of the one field {@code cel} stands for what that expression answers. */
final class Template {
  private static final String CEL = "cel";
  /** Bytes that one template may come to: a job, a message and an event with a payload each. */
  private static final int MOST = 4 * Limits.DEFAULT.payload();

  private final CompiledRoutes compiled;
  private final EventFacts event;
  private final FillRoom room = new FillRoom(MOST);

  private Template(CompiledRoutes compiled, EventFacts event) {
    this.compiled = compiled;
    this.event = event;
  }

  /** The expression that the value is, or null when it is none. */
  static @Nullable String expression(JsonNode value) {
    return value.isObject() && value.size() == 1 && value.path(CEL).isTextual() ? value.path(CEL).textValue() : null;
  }

  /** Whether an expression stands in it. */
  static boolean isOpen(JsonNode value) {
    if (expression(value) != null) {
      return true;
    }
    for (var child : value) {
      if (isOpen(child)) {
        return true;
      }
    }
    return false;
  }

  /** Refuses expressions that cannot be compiled, each at its place. */
  static void check(CompiledRoutes compiled, JsonNode value, String pointer) {
    var text = expression(value);
    if (text != null) {
      compiled.value(pointer + "/" + CEL, text);
    } else if (value.isObject()) {
      value.properties().forEach(field -> check(compiled, field.getValue(), pointer + "/" + field.getKey()));
    } else {
      for (var i = 0; i < value.size(); i++) {
        check(compiled, value.get(i), pointer + "/" + i);
      }
    }
  }

  /**
   * The template with every expression evaluated. A field of an object whose expression answers null is left out.
   *
   * @throws ProblemException {@code invalid_input} at the expression that cannot be evaluated over this event
   */
  static JsonNode fill(CompiledRoutes compiled, JsonNode template, EventFacts event, String pointer) {
    return new Template(compiled, event).fill(template, pointer);
  }

  private JsonNode fill(JsonNode value, String pointer) {
    var text = expression(value);
    if (text != null) {
      return answer(text, pointer + "/" + CEL);
    }
    return switch (value) {
      case ObjectNode object -> {
        var filled = Json.MAPPER.createObjectNode();
        object.properties().forEach(field -> {
          var one = fill(field.getValue(), pointer + "/" + field.getKey());
          if (!one.isNull() || expression(field.getValue()) == null) {
            filled.set(field.getKey(), one);
          }
        });
        yield filled;
      }
      case ArrayNode array -> {
        var filled = Json.MAPPER.createArrayNode();
        for (var i = 0; i < array.size(); i++) {
          filled.add(fill(array.get(i), pointer + "/" + i));
        }
        yield filled;
      }
      default -> value;
    };
  }

  private JsonNode answer(String text, String pointer) {
    var answer = compiled.value(pointer, text).of(event, room);
    var value = answer.value();
    if (value == null) {
      throw ProblemException.invalid(pointer, String.valueOf(answer.failure()));
    }
    return value;
  }
}
