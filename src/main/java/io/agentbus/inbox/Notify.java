package io.agentbus.inbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.agent.AgentName;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Something to be told to one agent. */
public record Notify(
    @Field(value = "The agent it is for, found in the namespace and then upwards.", required = true, pattern = AgentName.PATTERN,
        shape = AgentName.SHAPE, example = "\"orchestrator\"") String targetAgent,
    @Field(value = "Namespace of the message; absent = the token's, or that of the job it closes.", maxLength = 512, pattern = NamespacePath.PATTERN,
        shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "What it is about, in one line. Two messages of one title are two.", required = true, maxLength = MessageLimits.TITLE,
        pattern = "\\S", shape = "a text that is not blank", example = "\"phase complete\"") String title,
    @Field(value = "What there is to know, a JSON object.", limit = Limit.PAYLOAD, def = "{}") @Nullable ObjectNode payload,
    @Field(value = "1 to 10; higher is read first, and 9 and 10 reach a busy agent with its next renewal.", min = 1, max = 10, def = "5")
        @Nullable Integer priority,
    @Field(value = "Ties the messages of one conversation together; absent in a reply = that of the message replied to, or its id.",
        maxLength = MessageLimits.THREAD, pattern = "\\S", shape = "a text that is not blank") @Nullable String threadId,
    @Field(value = "The message this one answers, which the caller got or sent.") @Nullable UUID replyTo,
    @Field(value = "Ties the message to a thing elsewhere.", maxLength = MessageLimits.KEY) @Nullable String correlationKey,
    @Field(value = "While a message of the same source with this key waits in that inbox, sending answers that message.",
        maxLength = MessageLimits.KEY, pattern = "\\S", shape = "a text that is not blank") @Nullable String dedupeKey,
    @Field(value = "The job it comes from.") @Nullable UUID sourceJobId,
    @Field(value = "Never needed: the source is the token's. May name only that agent; an operator may name any.", maxLength = 100)
        @Nullable String sourceAgent) {}
