package io.agentbus.control;

import io.agentbus.job.Lane;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One pause. With a lane it holds that lane, with an agent that agent, with neither the whole namespace. */
public record Pause(
    @Field(value = "Its id.", required = true) UUID id,
    @Field(value = "What it holds.", required = true, oneOf = {"lane", "agent", "namespace"}) String scope,
    @Field(value = "Namespace, with those below; of an agent its own.", required = true) NamespacePath namespace,
    @Field("The lane, when it holds one.") @Nullable Lane lane,
    @Field("Name of the agent, when it holds one.") @Nullable String agent,
    @Field(value = "Why.", required = true) String reason,
    @Field(value = "Who paused.", required = true) String pausedBy,
    @Field(value = "Since when.", required = true) Instant pausedAt) {}
