package io.agentbus.webhook.in.scheme;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemException;
import java.io.IOException;

/**
 * Reads a large body without making a tree of all of it, which would take many times its bytes: of each list the first {@value #ENTRIES}
 * entries, of each text the first {@value #TEXT} characters, and no more than {@value #VALUES} values. All of the body must be JSON.
 */
final class Sketch {
  static final int ENTRIES = 100;
  static final int TEXT = 8_192;
  static final int VALUES = 20_000;

  private final JsonParser parser;
  private int left = VALUES;

  private Sketch(JsonParser parser) {
    this.parser = parser;
  }

  /** @throws ProblemException {@code invalid_input} when it is not one JSON value */
  static JsonNode of(byte[] body) {
    try (var parser = Json.MAPPER.createParser(body)) {
      if (parser.nextToken() == null) {
        throw ProblemException.invalid("", "The body is empty.");
      }
      var sketch = new Sketch(parser).value();
      if (parser.nextToken() != null) {
        throw ProblemException.invalid("", "The body is more than one JSON value.");
      }
      return sketch;
    } catch (IOException malformed) {
      throw ProblemException.invalid("", "The body is not JSON that is read here.");
    }
  }

  private JsonNode value() throws IOException {
    left--;
    var nodes = JsonNodeFactory.instance;
    return switch (parser.currentToken()) {
      case START_OBJECT -> object();
      case START_ARRAY -> array();
      case VALUE_STRING -> nodes.textNode(text());
      case VALUE_TRUE -> nodes.booleanNode(true);
      case VALUE_FALSE -> nodes.booleanNode(false);
      case VALUE_NUMBER_FLOAT -> nodes.numberNode(parser.getDoubleValue());
      case VALUE_NUMBER_INT -> parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? nodes.numberNode(parser.getBigIntegerValue())
          : nodes.numberNode(parser.getLongValue());
      default -> nodes.nullNode();
    };
  }

  private String text() throws IOException {
    var text = parser.getText();
    return text.length() <= TEXT ? text : text.substring(0, TEXT);
  }

  private ObjectNode object() throws IOException {
    var object = Json.MAPPER.createObjectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = parser.currentName();
      parser.nextToken();
      if (left > 0) {
        object.set(name, value());
      } else {
        parser.skipChildren();
      }
    }
    return object;
  }

  private ArrayNode array() throws IOException {
    var array = Json.MAPPER.createArrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (left > 0 && array.size() < ENTRIES) {
        array.add(value());
      } else {
        parser.skipChildren();
      }
    }
    return array;
  }
}
