package io.agentbus.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Everything that happened to a job. */
public record JobTimeline(
    @Field(value = "The job as it is.", required = true) Job job,
    @Field(value = "Its attempts, by fence.", required = true) List<Attempt> attempts,
    @Field(value = "Every change, oldest first, at most 1,000.", required = true) List<Change> changes,
    @Field(value = "What it waits or waited for.", required = true) List<Link> dependencies,
    @Field(value = "What waits or waited for it, at most 500.", required = true) List<Link> dependants) {

  /** One try. */
  public record Attempt(
      @Field(value = "Fence.", required = true) long fence,
      @Field(value = "Number, from 1; repeats when an attempt was not counted.", required = true) int attemptNo,
      @Field(value = "How it stands or ended.", required = true) String status,
      @Field(value = "Whether it used up one of max_attempts.", required = true) boolean counted,
      @Field(value = "Who held it.") @Nullable String agent,
      @Field(value = "Who held it, as namespace/name.") @Nullable String owner,
      @Field(value = "When it was leased.") @Nullable OffsetDateTime startedAt,
      @Field(value = "When the worker said it runs.") @Nullable OffsetDateTime runningAt,
      @Field(value = "When it was closed; null while open.") @Nullable OffsetDateTime finishedAt,
      @Field(value = "What was done.") @Nullable String summary,
      @Field(value = "What went wrong.") @Nullable String error) {}

  /** One row of the journal. */
  public record Change(
      @Field(value = "Place in the journal; null for a moment after the change.") @Nullable Long position,
      @Field(value = "When.", required = true) OffsetDateTime at,
      @Field(value = "Who.", required = true) String actor,
      @Field(value = "What.", required = true) String action,
      @Field(value = "Status before.") @Nullable String from,
      @Field(value = "Status after.") @Nullable String to,
      @Field(value = "Fence.") @Nullable Long fence,
      @Field(value = "Attempt.") @Nullable Integer attempt,
      @Field(value = "What else there is to know.") @Nullable JsonNode detail) {}

  /** Another job that this one is tied to. */
  public record Link(
      @Field(value = "The other job.", required = true) UUID id,
      @Field(value = "Its subject; null when it lies outside the caller's namespaces.") @Nullable String subject,
      @Field(value = "Where it stands.", required = true) String status,
      @Field(value = "When it stopped being waited for.") @Nullable OffsetDateTime droppedAt) {}
}
