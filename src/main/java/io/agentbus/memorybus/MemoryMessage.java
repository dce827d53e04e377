package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.UUID;

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
    @Field(value = "Its place in the order in which messages came into that inbox.", required = true) long arrival) {}
