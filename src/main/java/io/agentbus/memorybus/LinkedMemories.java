package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A link that is there now. */
public record LinkedMemories(
    @Field(value = "Always true.", required = true) boolean linked,
    @Field(value = "Where it begins.", required = true) UUID sourceId,
    @Field(value = "Where it leads.", required = true) UUID targetId,
    @Field(value = "What the one is to the other.", required = true) String relation,
    @Field(value = "True when it was there before; then nothing was changed.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean duplicate) {}
