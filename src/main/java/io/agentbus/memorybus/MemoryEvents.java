package io.agentbus.memorybus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.db.Sql;
import io.agentbus.problem.ProblemException;
import io.agentbus.problem.Suggestion;
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

  /** An event of ai-memory that does not happen here, because nothing puts entries together: who subscribes to it is never told. */
  static final String CONSOLIDATED = "memory_consolidated";
  /** First word of the topics. */
  static final String AREA = "memory";
  /** The topic of that, which no event has. */
  static final String NEVER = AREA + ".consolidated";

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

  /** The names in ai-memory of all that happens here. */
  public static List<String> names() {
    return Arrays.stream(values()).map(MemoryEvents::word).toList();
  }

  /**
   * The names that a subscriber gives.
   *
   * @param csv names parted by commas, or {@code *}; null = all
   * @throws ProblemException {@code invalid_input}
   */
  static List<String> words(String pointer, @Nullable String csv) {
    if (csv == null || csv.strip().equals("*")) {
      return names();
    }
    var words = Arrays.stream(csv.split(",")).map(String::strip).distinct().toList();
    for (var word : words) {
      if (!names().contains(word) && !word.equals(CONSOLIDATED)) {
        throw ProblemException.invalid(pointer, "'" + word + "' is no event of the memory bus" + Suggestion.words(word, names()) + "; they are "
            + String.join(", ", names()));
      }
    }
    return words;
  }

  /** Those of some names that happen here. */
  static List<MemoryEvents> of(List<String> words) {
    return Arrays.stream(values()).filter(event -> words.contains(event.word())).toList();
  }
}
