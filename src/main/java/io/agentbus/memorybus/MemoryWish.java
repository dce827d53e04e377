package io.agentbus.memorybus;

import org.jspecify.annotations.Nullable;

/**
 * What a subscriber asked for by ai-memory's names, as the description of the subscription keeps it:
 * {@code memory_subscribe memory_store,memory_delete typed by ann to bob}.
 *
 * @param events names parted by commas, or {@code *}
 * @param typed whether they came as {@code event_types}
 * @param agentFilter who must have done it; null = anybody
 * @param mailbox the agent of whose messages it is told; null = of entries
 */
record MemoryWish(String events, boolean typed, @Nullable String agentFilter, @Nullable String mailbox) {
  /** Begins every such description. */
  static final String MARK = "memory_subscribe ";
  private static final String TYPED = " typed";
  private static final String BY = " by ";
  private static final String TO = " to ";

  static boolean isOne(@Nullable String description) {
    return description != null && description.startsWith(MARK);
  }

  /** What {@link #description} wrote. None of the words holds a space. */
  static MemoryWish of(@Nullable String description) {
    if (description == null || !isOne(description)) {
      return new MemoryWish("*", false, null, null);
    }
    var words = description.substring(MARK.length());
    var events = words.split(" ", 2)[0];
    return new MemoryWish(events, words.startsWith(events + TYPED), behind(words, BY), behind(words, TO));
  }

  String description() {
    return MARK + events + (typed ? TYPED : "") + (agentFilter == null ? "" : BY + agentFilter) + (mailbox == null ? "" : TO + mailbox);
  }

  private static @Nullable String behind(String words, String mark) {
    var at = words.indexOf(mark);
    return at < 0 ? null : words.substring(at + mark.length()).split(" ", 2)[0];
  }
}
