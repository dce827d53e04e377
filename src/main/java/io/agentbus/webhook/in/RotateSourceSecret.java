package io.agentbus.webhook.in;

import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Gives a source a new secret; those it has stay good for a while. */
public record RotateSourceSecret(
    @Field(value = "Name of the source.", required = true, pattern = SourceLimits.NAME, shape = SourceLimits.NAME_SHAPE, positional = 0,
        example = "\"github\"") String source,
    @Field(value = "The new secret; absent = one is made.", secret = true, maxLength = SourceLimits.SECRET_LENGTH) @Nullable String secret,
    @Field(value = "Seconds for which the secrets it has stay good; 0 = they end now.", min = 0, max = SourceLimits.OVERLAP, def = "86400")
        @Nullable Integer overlapSeconds) {}
