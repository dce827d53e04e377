package io.agentbus.door.cli;

import io.agentbus.op.Field;
import io.agentbus.op.FieldShape;
import io.agentbus.op.ValueShape;

/**
 * How a field of an input is given on the command line.
 *
 * @param field its name in JSON
 * @param shape what its values look like
 * @param flag the flag made for it
 */
record InputFlag(String field, Shape shape, Flag flag) {
  /** What the text of a value means. */
  enum Shape {
    TEXT("TEXT"),
    /** A text that has no business in a list of processes: a file or standard input may hold it. */
    SECRET("TEXT"),
    ID("ID"),
    WHOLE("NUMBER"),
    DECIMAL("NUMBER"),
    TRUTH("true|false"),
    TIME("TIME"),
    JSON("JSON"),
    TEXTS("TEXT,..."),
    NUMBERS("NUMBER,..."),
    JSONS("JSON");

    private final String label;

    Shape(String label) {
      this.label = label;
    }

    boolean many() {
      return this == TEXTS || this == NUMBERS || this == JSONS;
    }
  }

  static InputFlag of(FieldShape field) {
    var shape = field.secret() && shape(field.value()) == Shape.TEXT ? Shape.SECRET : shape(field.value());
    var kind = shape.many() ? Flag.Kind.MANY : shape == Shape.TRUTH ? Flag.Kind.BOOLEAN : Flag.Kind.ONE;
    var said = field.field();
    var flag = new Flag(field.name().replace('_', '-'), kind, shape.label, help(field, shape), field.required(),
        said == null ? -1 : said.positional(), field.value().leaf().choices());
    return new InputFlag(field.name(), shape, flag);
  }

  static Shape shape(ValueShape value) {
    return switch (value.kind()) {
      case TEXT, NAMESPACE -> Shape.TEXT;
      case UUID -> Shape.ID;
      case INTEGER -> Shape.WHOLE;
      case NUMBER -> Shape.DECIMAL;
      case BOOLEAN -> Shape.TRUTH;
      case TIME -> Shape.TIME;
      case RECORD, MAP, OBJECT, ANY -> Shape.JSON;
      case LIST -> switch (value.element() == null ? Shape.JSON : shape(value.element())) {
        case WHOLE, DECIMAL -> Shape.NUMBERS;
        case TEXT, ID, TIME -> Shape.TEXTS;
        default -> Shape.JSONS;
      };
    };
  }

  private static String help(FieldShape field, Shape shape) {
    var text = new StringBuilder(field.description());
    if (!text.isEmpty() && text.charAt(text.length() - 1) != '.') {
      text.append('.');
    }
    var choices = field.value().leaf().choices();
    if (!choices.isEmpty()) {
      text.append(" One of ").append(String.join(", ", choices)).append('.');
    }
    if (shape == Shape.JSON || shape == Shape.JSONS || shape == Shape.SECRET) {
      text.append(" A literal, @file or - for standard input.");
    }
    if (shape.many()) {
      text.append(" Repeatable.");
    }
    var said = field.field();
    if (said != null) {
      text.append(ending(said, field.def()));
    }
    return text.toString().strip();
  }

  private static String ending(Field said, String def) {
    var presence = said.required() ? " Required." : def.isEmpty() ? "" : " Default: " + bare(def) + ".";
    return said.example().isEmpty() ? presence : presence + " Example: " + bare(said.example()) + ".";
  }

  private static String bare(String json) {
    return json.length() >= 2 && json.startsWith("\"") && json.endsWith("\"") ? json.substring(1, json.length() - 1)
        : json;
  }
}
