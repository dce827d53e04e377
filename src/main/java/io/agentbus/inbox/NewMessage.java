package io.agentbus.inbox;

import io.agentbus.namespace.NamespacePath;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way into a box, from whoever may put one there without being asked who it is.
 *
 * @param id a new one, of {@link io.agentbus.id.Ids#next}
 * @param namespace of the message; the recipient is found there and then upwards
 * @param targetAgent name of the recipient
 * @param payload a JSON object as text
 * @param priority 1 to 10
 * @param threadId of the conversation, or null
 * @param replyTo the message it answers, or null
 * @param correlationKey or null
 * @param dedupeKey while a message of the same source with this key waits in the box, this one is not put in; or null
 * @param sourceJobId the job it comes from, or null
 * @param source whose message it is, in full: {@code agent:acme/devops}, {@code token:ci}; a plain name is taken as it is
 * @param actor who puts it there, in full, for the journal
 */
public record NewMessage(UUID id, NamespacePath namespace, String targetAgent, String title, String payload, int priority, @Nullable String threadId,
    @Nullable UUID replyTo, @Nullable String correlationKey, @Nullable String dedupeKey, @Nullable UUID sourceJobId, String source, String actor) {
  /** What a message has when nobody says how urgent it is. */
  public static final int PRIORITY = 5;
}
