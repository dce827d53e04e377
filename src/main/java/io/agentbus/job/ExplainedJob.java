package io.agentbus.job;

import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Why a job is not running, or who runs it. */
public record ExplainedJob(
    @Field(value = "The job.", required = true) UUID id,
    @Field(value = "Where it stands.", required = true) JobStatus status,
    @Field(value = "Whether an agent that asks now would get it, if it is its turn.", required = true) boolean claimable,
    @Field(value = "One sentence for people.", required = true) String summary,
    @Field(value = "Everything in its way.", required = true) List<Blocker> blockers,
    @Field(value = "Jobs before it in its line, counted up to 10,000; null when it is not in line.") @Nullable Long ahead) {

  /** One thing in the way. */
  public record Blocker(
      @Field(value = "What kind: dependency, not_due, paused, no_agent, agent_disabled, agent_draining, agent_offline, concurrency,"
          + " blocked, held, ended.", required = true) String kind,
      @Field(value = "What exactly.", required = true) String detail,
      @Field(value = "Who set it.") @Nullable String setBy,
      @Field(value = "Since when.") @Nullable OffsetDateTime since,
      @Field(value = "What clears it.", required = true) String clears) {}
}
