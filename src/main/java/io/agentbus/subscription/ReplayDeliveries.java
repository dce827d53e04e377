package io.agentbus.subscription;

import io.agentbus.op.Field;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What to tell again. Without any range it means the dead letters. What the subscription has yet to look at is not told before its time. */
public record ReplayDeliveries(
    @Field(value = "The subscription.", required = true, positional = 0) UUID subscriptionId,
    @Field("One delivery.") @Nullable UUID deliveryId,
    @Field("Only dead letters; absent = true without a range, else false.") @Nullable Boolean deadOnly,
    @Field("Events of this time or later.") @Nullable Instant fromTime,
    @Field("Events before this time.") @Nullable Instant toTime,
    @Field(value = "Events behind this position.", min = 0) @Nullable Long afterPosition,
    @Field(value = "Events up to this position.", min = 0) @Nullable Long toPosition,
    @Field("Events behind this one.") @Nullable UUID afterEventId,
    @Field("Events up to this one, it included.") @Nullable UUID toEventId,
    @Field(value = "Only say what would be sent.", def = "false") @Nullable Boolean dryRun,
    @Field(value = "To go on: next of the answer before. It holds what was said of the range; beside it stands dry_run at most.", maxLength = 1_000)
        @Nullable String cursor) {}
