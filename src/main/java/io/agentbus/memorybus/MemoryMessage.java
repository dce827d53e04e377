package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A message as ai-memory tells it. */
public record MemoryMessage(
    @Field(value = "Id, its own: ack_message takes it as message_id.", required = true) UUID id,
    @Field(value = "Who sent it, by its token.", required = true) String from,
    @Field(value = "What it is about.", required = true) String title,
    @Field(value = "What there is to know.", required = true) String payload,
    @Field(value = "1 to 10; higher is read first.", required = true) int priority,
    @Field(value = "As its sender gave it; long where none was given.", required = true) String tier,
    @Field(value = "When it was sent.", required = true) OffsetDateTime createdAt,
    @Field(value = "Whether its recipient acknowledged it.", required = true) boolean read,
    @Field(value = "1 when it was acknowledged, else 0.", required = true) int accessCount,
    @Field(value = "Its place in the order in which messages came into that inbox.", required = true) long arrival,
    @Field(value = "Namespace of the agent that sent it, where several may bear its name: memory_notify takes both to answer it. Absent when it was no"
        + " agent.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String fromNamespace) {}
