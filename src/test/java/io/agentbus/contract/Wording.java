package io.agentbus.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.agentbus.op.Json;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Answers without what is new each time: ids and fences are called by the order in which they came up, so that the same one keeps its
 * name from answer to answer.
 */
final class Wording {
  private static final JsonMapper PRETTY = Json.MAPPER.rebuild().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?Z");
  private static final Pattern FENCE = Pattern.compile("(?<=fence )\\d+");
  /** Given late, and of no meaning but for their order. */
  private static final Set<String> PLACES = Set.of("position");
  /** How a door tells of one call: the names of the call itself. */
  private static final Set<String> OF_THE_CALL = Set.of("request_id", "instance");
  private final Map<String, String> known;
  private final Map<String, String> names = new HashMap<>();

  /** @param known what is called something else in every telling */
  Wording(Map<String, String> known) {
    this.known = known;
  }

  String of(Answer answer) {
    try {
      return PRETTY.writeValueAsString(reword("", answer.body()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private JsonNode reword(String field, JsonNode node) {
    if (node.isObject()) {
      var fields = new TreeMap<String, JsonNode>();
      node.properties().forEach(one -> {
        if (!OF_THE_CALL.contains(one.getKey())) {
          fields.put(one.getKey(), reword(one.getKey(), one.getValue()));
        }
      });
      return JsonNodeFactory.instance.objectNode().setAll(fields);
    }
    if (node.isArray()) {
      var list = JsonNodeFactory.instance.arrayNode();
      node.forEach(one -> list.add(reword(field, one)));
      return list;
    }
    if (PLACES.contains(field)) {
      return text("<place>");
    }
    if (node.isNumber() && field.endsWith("fence")) {
      return text(name("fence", node.asText()));
    }
    return node.isTextual() ? text(field.equals("next") ? "<cursor>" : plain(node.textValue())) : node;
  }

  private String plain(String text) {
    var plain = text;
    for (var one : known.entrySet()) {
      plain = plain.replace(one.getKey(), one.getValue());
    }
    plain = ID.matcher(plain).replaceAll(id -> name("id", id.group()));
    plain = FENCE.matcher(plain).replaceAll(fence -> name("fence", fence.group()));
    return TIME.matcher(plain).replaceAll("<time>");
  }

  private String name(String kind, String value) {
    return names.computeIfAbsent(kind + value, ignored -> "<" + kind + " " + (names.size() + 1) + ">");
  }

  private static JsonNode text(String text) {
    return JsonNodeFactory.instance.textNode(text);
  }
}
