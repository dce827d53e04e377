package io.agentbus.agent;

import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of agents, by namespace and name. */
public record AgentPage(
    @Field(value = "The agents.", required = true) List<Agent> items,
    @Field("Cursor of the next page; null on the last.") @Nullable String next) {}
