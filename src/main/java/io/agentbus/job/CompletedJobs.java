package io.agentbus.job;

import io.agentbus.op.Field;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What became of each finish, in the order given. */
public record CompletedJobs(@Field(value = "One entry a finish.", required = true) List<Entry> jobs) {
  /** One finish. */
  public record Entry(
      @Field(value = "The job.", required = true) UUID id,
      @Field(value = "Its fence.", required = true) Long fence,
      @Field(value = "Where the job stands; null when it is unknown here.") @Nullable JobStatus status,
      @Field(value = "Code of the refusal; null when accepted.") @Nullable String code,
      @Field(value = "Why it was refused.") @Nullable String detail) {}
}
