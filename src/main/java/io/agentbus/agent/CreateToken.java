package io.agentbus.agent;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a token for a service or a further operator. */
public record CreateToken(
    @Field(value = "Name that the journal knows it by.", required = true, maxLength = AgentLimits.NAME,
        pattern = AgentName.PATTERN, shape = AgentName.SHAPE, positional = 0) String name,
    @Field(value = "Its walls, each with what lies below; absent = its maker's. Only an operator's may have none.",
        maxItems = AgentLimits.TOKEN_NAMESPACES, maxLength = AgentLimits.NAMESPACE, pattern = NamespacePath.PATTERN,
        shape = NamespacePath.SHAPE) @Nullable List<String> namespaces,
    @Field(value = "What it may do; nothing that the token which makes it may not.", required = true, maxItems = 5,
        oneOf = {"read", "ask", "work", "operate", "admin"}) List<String> rights,
    @Field("When it ends; absent = never.") @Nullable Instant expiresAt) {}
