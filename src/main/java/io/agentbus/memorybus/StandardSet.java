package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A standard that holds now. */
public record StandardSet(
    @Field(value = "Always true.", required = true) boolean set,
    @Field(value = "The namespace.", required = true) String namespace,
    @Field(value = "The entry that says what is usual.", required = true) UUID standardId,
    @Field(value = "The namespace it falls back to.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String parent,
    @Field(value = "Who may do what, when that was said.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JsonNode governance) {}
