package io.agentbus.cel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.agentbus.problem.ProblemException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * JSON in which texts may hold expressions between double braces, such as {@code "review {{event.payload.branch}}"}. A text that is
 * nothing but one expression becomes its value, whatever type that has. Any thread.
 */
public final class EventTemplate {
  /** Most expressions of one template. */
  public static final int MAX_EXPRESSIONS = 50;

  private final Part root;

  private EventTemplate(Part root) {
    this.root = root;
  }

  /** Fills one place; throws {@link CelProgram.Failed} where it cannot. */
  @FunctionalInterface
  private interface Part {
    JsonNode fill(EventFacts event, FillRoom room);
  }

  /**
   * Compiles a template.
   *
   * @param pointer the input field that holds it, for the refusal
   * @throws ProblemException {@code invalid_input} for an expression that is none, at the place where it stands
   */
  public static EventTemplate compile(String pointer, JsonNode template) {
    return new EventTemplate(part(pointer, template, new int[] {MAX_EXPRESSIONS}));
  }

  /**
   * The template filled from an event; its failure says which expression has no value there, or that it grew too large.
   *
   * @param room for the whole of it
   */
  public EventValue.Answer fill(EventFacts event, FillRoom room) {
    try {
      return new EventValue.Answer(root.fill(event, room), null);
    } catch (CelProgram.Failed failed) {
      return new EventValue.Answer(null, failed.getMessage());
    }
  }

  private static Part part(String pointer, JsonNode node, int[] left) {
    return switch (node.getNodeType()) {
      case STRING -> text(pointer, node, left);
      case OBJECT -> {
        var fields = new LinkedHashMap<String, Part>();
        node.properties().forEach(field -> fields.put(field.getKey(), part(pointer + "/" + field.getKey(), field.getValue(), left)));
        yield (event, room) -> {
          var object = JsonNodeFactory.instance.objectNode();
          fields.forEach((name, part) -> {
            room.take(name.length());
            object.set(name, part.fill(event, room));
          });
          return object;
        };
      }
      case ARRAY -> {
        var items = new ArrayList<Part>();
        for (var i = 0; i < node.size(); i++) {
          items.add(part(pointer + "/" + i, node.get(i), left));
        }
        yield (event, room) -> {
          var array = JsonNodeFactory.instance.arrayNode();
          items.forEach(item -> array.add(item.fill(event, room)));
          return array;
        };
      }
      default -> fixed(node);
    };
  }

  private static Part text(String pointer, JsonNode node, int[] left) {
    var text = node.textValue();
    var pieces = new ArrayList<Part>();
    var at = 0;
    for (var open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", at)) {
      var close = text.indexOf("}}", open);
      if (close < 0) {
        throw ProblemException.invalid(pointer, "has {{ without }}");
      }
      if (--left[0] < 0) {
        throw ProblemException.invalid(pointer, "has more than " + MAX_EXPRESSIONS + " expressions");
      }
      if (open > at) {
        pieces.add(literal(text.substring(at, open)));
      }
      // A map that ends the expression has a brace of its own before the two.
      while (close + 2 < text.length() && text.charAt(close + 2) == '}') {
        close++;
      }
      var program = Expressions.value(pointer, text.substring(open + 2, close).strip()).program();
      pieces.add((event, room) -> CelJson.node(room.evaluate(program, event), room));
      at = close + 2;
    }
    if (pieces.isEmpty()) {
      return fixed(node);
    }
    if (at < text.length()) {
      pieces.add(literal(text.substring(at)));
    }
    return pieces.size() == 1 ? pieces.getFirst() : (event, room) -> JsonNodeFactory.instance.textNode(joined(pieces, event, room));
  }

  private static Part literal(String text) {
    return fixed(JsonNodeFactory.instance.textNode(text));
  }

  private static Part fixed(JsonNode node) {
    return (event, room) -> {
      room.takeAll(node);
      return node;
    };
  }

  private static String joined(List<Part> pieces, EventFacts event, FillRoom room) {
    var whole = new StringBuilder();
    for (var piece : pieces) {
      var value = piece.fill(event, room);
      whole.append(value.isTextual() ? value.textValue() : value.toString());
    }
    return whole.toString();
  }
}
