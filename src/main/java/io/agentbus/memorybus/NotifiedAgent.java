package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.UUID;

/** A message that stands in an inbox. */
public record NotifiedAgent(
    @Field(value = "Id of the message, its own.", required = true) UUID id,
    @Field(value = "Who sent it, by its token.", required = true) String from,
    @Field(value = "Who has it.", required = true) String to,
    @Field(value = "What ai-memory calls that inbox.", required = true) String namespace,
    @Field(value = "As it was given.", required = true) String tier,
    @Field(value = "When it was sent.", required = true) OffsetDateTime deliveredAt) {}
