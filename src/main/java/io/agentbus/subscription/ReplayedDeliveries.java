package io.agentbus.subscription;

import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is told again, or would be. */
public record ReplayedDeliveries(
    @Field(value = "Whether nothing was changed.", required = true) boolean dryRun,
    @Field(value = "How many.", required = true) int count,
    @Field("When the oldest of these events was stated.") @Nullable OffsetDateTime oldest,
    @Field("When the newest was.") @Nullable OffsetDateTime newest,
    @Field(value = "The first few.", required = true) List<ReplayedEvent> sample,
    @Field("There may be more: call again with it as cursor; null = that was all.") @Nullable String next) {

  /** One of them. */
  public record ReplayedEvent(
      @Field(value = "Id of its delivery.", required = true) UUID deliveryId,
      @Field(value = "Id of the event.", required = true) UUID eventId,
      @Field(value = "Topic.", required = true) String topic,
      @Field(value = "Namespace.", required = true) String namespace,
      @Field(value = "Its position.", required = true) long position,
      @Field(value = "When it was stated.", required = true) OffsetDateTime createdAt) {}
}
