package io.agentbus.control;

import io.agentbus.job.Lane;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was resumed, and what still keeps it. */
public record Resumed(
    @Field(value = "What was paused.", required = true, oneOf = {"lane", "agent", "namespace"}) String scope,
    @Field(value = "Its namespace.", required = true) NamespacePath namespace,
    @Field("The lane, when it was one.") @Nullable Lane lane,
    @Field("Name of the agent, when it was one.") @Nullable String agent,
    @Field(value = "Whether another pause, here or further up, still keeps its jobs.", required = true) boolean paused,
    @Field(value = "Those of them that the caller may see.", required = true) List<Pause> pauses) {}
