package io.agentbus.subscription;

import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** One try of a delivery. */
public record DeliveryTry(
    @Field(value = "Number, from 1.", required = true) int number,
    @Field(value = "When it ended.", required = true) OffsetDateTime at,
    @Field(value = "What it came to: delivered, failed, postponed, dead, disabled, or lost: begun by a node that did not end it.", required = true) String outcome,
    @Field(value = "Whether it used up a try.", required = true) boolean counted,
    @Field("HTTP status of the answer.") @Nullable Integer statusCode,
    @Field("How long it took, in milliseconds.") @Nullable Integer tookMs,
    @Field("What went wrong.") @Nullable String error,
    @Field("The beginning of the answer.") @Nullable String answer,
    @Field(value = "The node that tried.", required = true) String node) {}
