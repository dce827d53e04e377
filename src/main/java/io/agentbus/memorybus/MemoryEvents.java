package io.agentbus.memorybus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.db.Sql;
import io.agentbus.problem.ProblemException;
import io.agentbus.problem.Suggestion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What happens on the memory bus, by ai-memory's names and as topics of ours. */
public enum MemoryEvents {
  MEMORY_STORE("memory_store", "stored"),
  MEMORY_UPDATE("memory_update", "updated"),
  MEMORY_PROMOTE("memory_promote", "promoted"),
  MEMORY_DELETE("memory_delete", "deleted"),
  MEMORY_LINK_CREATED("memory_link", "link_created"),
  MEMORY_LINK_INVALIDATED("memory_kg_invalidate", "link_invalidated"),
  APPROVAL_REQUESTED("memory_approval_requested", "approval_requested");

  /** First word of the topics. */
  static final String AREA = "memory";

  private final String action;
  private final String happened;

  MemoryEvents(String action, String happened) {
    this.action = action;
    this.happened = happened;
  }

  /** The topic of the bus: {@code memory.stored} and so on. */
  public String topic() {
    return AREA + "." + happened;
  }

  /** The name in ai-memory. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Writes it into the journal, where it is the event.
   *
   * @param detail what there is to know, without the words of others
   */
  void tell(Sql tx, int namespaceId, String actor, ObjectNode detail) {
    MemoryStore.journal(tx, namespaceId, actor, action, detail.put("event", word()));
  }

  /** All names in ai-memory. */
  public static List<String> names() {
    return Arrays.stream(values()).map(MemoryEvents::word).toList();
  }

  /**
   * The events that a subscriber names.
   *
   * @param csv names parted by commas, or {@code *}; null = all
   * @throws ProblemException {@code invalid_input}
   */
  static List<MemoryEvents> of(String pointer, @Nullable String csv) {
    if (csv == null || csv.strip().equals("*")) {
      return List.of(values());
    }
    var found = new ArrayList<MemoryEvents>();
    for (var word : csv.split(",")) {
      found.add(Arrays.stream(values()).filter(event -> event.word().equals(word.strip())).findFirst().orElseThrow(() -> ProblemException.invalid(pointer,
          "'" + word.strip() + "' is no event of the memory bus" + Suggestion.words(word.strip(), names()) + "; they are " + String.join(", ", names()))));
    }
    return found.stream().distinct().toList();
  }
}
