package io.agentbus.event;

import java.util.Set;

/** Topics under which the bus itself speaks of its own changes. Callers cannot emit them. */
public final class BusTopics {
  /** The first words of these topics. */
  private static final Set<String> WORDS = Set.of("job", "agent", "message", "subscription", "delivery", "source", "campaign", "memory");
  /** That of facts which proven senders state, and nobody else. */
  private static final String OF_SENDERS = "webhook";
  /** The same for people. */
  public static final String NAMED = "job.*, agent.*, message.*, subscription.*, delivery.*, source.*, campaign.*, memory.* and webhook.*";

  private BusTopics() {}

  /** Whether a topic, or a filter with such a first word, belongs to the bus. */
  public static boolean owns(String topic) {
    var dot = topic.indexOf('.');
    return dot > 0 && (ownsWord(topic.substring(0, dot)) || topic.startsWith(OF_SENDERS + "."));
  }

  static boolean ownsWord(String first) {
    return WORDS.contains(first);
  }
}
