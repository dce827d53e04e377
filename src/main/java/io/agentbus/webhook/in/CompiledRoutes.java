package io.agentbus.webhook.in;

import io.agentbus.cel.EventFilter;
import io.agentbus.cel.EventValue;
import io.agentbus.cel.Expressions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Expressions of routes, compiled once: they are the same for thousands of webhooks. Any thread; emptied when full. */
final class CompiledRoutes {
  private static final int MOST = 2_000;

  private final Map<String, EventFilter> filters = new ConcurrentHashMap<>();
  private final Map<String, EventValue> values = new ConcurrentHashMap<>();

  /** @throws io.agentbus.problem.ProblemException {@code invalid_input} at {@code pointer} when it is no expression */
  EventFilter filter(String pointer, String text) {
    return kept(filters, text, source -> Expressions.webhookFilter(pointer, source));
  }

  /** The same for one that answers any value. */
  EventValue value(String pointer, String text) {
    return kept(values, text, source -> Expressions.webhookValue(pointer, source));
  }

  private static <T> T kept(Map<String, T> compiled, String text, Function<String, T> compile) {
    var known = compiled.get(text);
    if (known != null) {
      return known;
    }
    if (compiled.size() >= MOST) {
      compiled.clear();
    }
    var made = compile.apply(text);
    compiled.put(text, made);
    return made;
  }
}
