package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.agentbus.op.Json;
import java.io.IOException;
import java.util.ArrayList;

/** JSON trees of strangers and of ours. */
final class Trees {
  private Trees() {}

  /** The tree of JSON that the database holds. */
  static JsonNode of(String json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (IOException e) {
      throw new IllegalStateException("what is stored is no JSON", e);
    }
  }

  static JsonNode of(byte[] json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (IOException e) {
      throw new IllegalStateException("what is stored is no JSON", e);
    }
  }

  static byte[] bytes(JsonNode tree) {
    try {
      return Json.MAPPER.writeValueAsBytes(tree);
    } catch (IOException e) {
      throw new IllegalStateException("a JSON tree could not be written", e);
    }
  }

  /** How deep it nests; a plain value is 0. */
  static int depth(JsonNode tree) {
    var deepest = 0;
    for (var child : tree) {
      deepest = Math.max(deepest, depth(child));
    }
    return tree.isContainerNode() ? deepest + 1 : 0;
  }

  /**
   * The tree with what Postgres cannot keep replaced, in place: U+0000 and halves of surrogate pairs by U+FFFD, numbers beyond every double
   * by text. A sender is proven by its bytes, which are not touched; to lose all it said for one character would be worse.
   */
  static JsonNode storable(JsonNode tree) {
    switch (tree) {
      case ObjectNode object -> {
        for (var name : new ArrayList<>(object.properties().stream().map(java.util.Map.Entry::getKey).toList())) {
          var value = storable(object.get(name));
          var kept = storable(name);
          if (!kept.equals(name)) {
            object.remove(name);
          }
          object.set(kept, value);
        }
        return object;
      }
      case ArrayNode array -> {
        for (var i = 0; i < array.size(); i++) {
          array.set(i, storable(array.get(i)));
        }
        return array;
      }
      default -> {
        if (tree.isTextual()) {
          var kept = storable(tree.textValue());
          return kept.equals(tree.textValue()) ? tree : TextNode.valueOf(kept);
        }
        return tree.isFloatingPointNumber() && !Double.isFinite(tree.doubleValue()) ? TextNode.valueOf(tree.asText()) : tree;
      }
    }
  }

  static String storable(String text) {
    StringBuilder changed = null;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        changed = changed == null ? new StringBuilder(text) : changed;
        changed.setCharAt(i, '\ufffd');
      }
    }
    return changed == null ? text : changed.toString();
  }
}
