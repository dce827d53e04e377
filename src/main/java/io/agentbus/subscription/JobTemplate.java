package io.agentbus.subscription;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.agent.AgentName;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** The job that each delivery makes. Texts may hold expressions over the event between double braces. */
public record JobTemplate(
    @Field(value = "Namespace of the job; absent = the event's.", maxLength = 512, pattern = NamespacePath.PATTERN,
        shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "The agent that must do it.", maxLength = 100, pattern = AgentName.PATTERN, shape = AgentName.SHAPE)
        @Nullable String targetAgent,
    @Field(value = "Any agent with this capability may do it.", maxLength = 100, pattern = AgentName.PATTERN, shape = AgentName.SHAPE)
        @Nullable String targetCapability,
    @Field(value = "Any agent with this tag may do it.", maxLength = 100, pattern = AgentName.PATTERN, shape = AgentName.SHAPE)
        @Nullable String targetTag,
    @Field(value = "What is to be done, in one line.", required = true, maxLength = 500, pattern = "\\S", shape = "a text that is not blank",
        example = "\"review {{event.payload.branch}}\"") String subject,
    @Field(value = "Kind of work.", maxLength = 100, pattern = "^[a-z][a-z0-9_.-]*$", shape = "lower-case words joined by '.', '_' or '-'",
        def = "\"reactive\"") @Nullable String jobType,
    @Field(value = "1 to 1000; higher goes first.", min = 1, max = 1000, def = "100") @Nullable Integer priority,
    @Field(value = "What the worker needs; absent = the event, as {\"event\": ...}.", maxBytes = 16_384) @Nullable ObjectNode payload,
    @Field(value = "While a job with this key is active for the same target, no second one is made; absent = the event's id.", maxLength = 500,
        pattern = "\\S", shape = "a text that is not blank") @Nullable String dedupeKey,
    @Field(value = "Ties the jobs of one flow together.", maxLength = 500) @Nullable String flowKey,
    @Field(value = "Attempts that may be used up before the job is dead.", min = 1, max = 1000) @Nullable Integer maxAttempts,
    @Field(value = "An attempt that lasts longer is ended as timed out.", min = 1, max = 31_536_000) @Nullable Integer timeoutSeconds,
    @Field(value = "How long an attempt should take.", min = 1, max = 31_536_000) @Nullable Integer expectedSeconds) {}
