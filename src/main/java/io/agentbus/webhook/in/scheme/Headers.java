package io.agentbus.webhook.in.scheme;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The headers of one request; names in any case. */
public final class Headers {
  private final Map<String, List<String>> values = new HashMap<>();

  /** @param entries names and values as they came, names repeated where they were */
  public Headers(Iterable<Map.Entry<String, String>> entries) {
    for (var entry : entries) {
      values.computeIfAbsent(entry.getKey().toLowerCase(Locale.ROOT), name -> new ArrayList<>(1)).add(entry.getValue());
    }
  }

  /** The value of a header that came exactly once, without blanks around it; else null: of two, the next reader could take the other one. */
  public @Nullable String one(String name) {
    var all = values.get(name);
    if (all == null || all.size() != 1) {
      return null;
    }
    var value = all.getFirst().strip();
    return value.isEmpty() ? null : value;
  }

  /** Names in lower case. */
  public Set<String> names() {
    return values.keySet();
  }
}
