package io.agentbus.campaign;

import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A page of campaigns. */
public record ListedCampaigns(
    @Field(value = "The campaigns.", required = true) List<Entry> items,
    @Field(value = "Send as cursor for the next page; null when there was nothing further.") @Nullable String next) {

  /** One campaign in short. */
  public record Entry(
      @Field(value = "Id.", required = true) UUID id,
      @Field(value = "Namespace.", required = true) String namespace,
      @Field(value = "Name.", required = true) String name,
      @Field(value = "Where it stands.", required = true) CampaignStatus status,
      @Field(value = "Who runs it.", required = true) String orchestrator,
      @Field(value = "How many phases it has.", required = true) int phases,
      @Field(value = "How many passed.", required = true) int passed,
      @Field(value = "How many failed.", required = true) int failed,
      @Field(value = "How many are stuck.", required = true) int stuck,
      @Field(value = "When it was created.", required = true) OffsetDateTime createdAt,
      @Field(value = "When it got its verdict or was cancelled.") @Nullable OffsetDateTime finishedAt) {}
}
