package io.agentbus.memorybus;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Who may do what in a namespace, as it is said. {@link GovernancePolicy} is what follows from it. */
public record MemoryGovernance(
    @Field(value = "Who may store and change.", oneOf = {"any", "registered", "owner", "approve"}, def = "\"any\"") @Nullable String write,
    @Field(value = "Who may promote.", oneOf = {"any", "registered", "owner", "approve"}, def = "\"any\"") @Nullable String promote,
    @Field(value = "Who may delete.", oneOf = {"any", "registered", "owner", "approve"}, def = "\"owner\"") @Nullable String delete,
    @Field(value = "Who approves: human, an object with agent, or an object with consensus.", maxBytes = 1_024, def = "\"human\"")
        @Nullable JsonNode approver,
    @Field(value = "Whether namespaces below without a governance of their own have this one.", def = "true") @Nullable Boolean inherit) {}
