package io.agentbus.subscription;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.cel.EventTemplate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Templates of subscriptions, compiled once: they are the same for thousands of events. Any thread; emptied when full. */
final class CompiledTemplates {
  private static final int MOST = 1_000;

  private final Map<JsonNode, EventTemplate> compiled = new ConcurrentHashMap<>();

  /** @throws io.agentbus.problem.ProblemException {@code invalid_input} at {@code pointer} or below when an expression is none */
  EventTemplate of(String pointer, JsonNode template) {
    var known = compiled.get(template);
    if (known != null) {
      return known;
    }
    if (compiled.size() >= MOST) {
      compiled.clear();
    }
    var made = EventTemplate.compile(pointer, template);
    compiled.put(template, made);
    return made;
  }
}
