package io.agentbus.dispatch;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agentbus.inbox.Message;
import io.agentbus.job.Job;
import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an agent got, in claim order; empty when there is nothing for it. */
public record ClaimedJobs(
    @Field(value = "The jobs, each with its fence.", required = true) List<Job> jobs,
    @Field(value = "Only without jobs: the oldest urgent messages of the agent that claims, at most five. Such that come end the wait.")
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Message> messages) {
  /** Jobs alone. */
  ClaimedJobs(List<Job> jobs) {
    this(jobs, null);
  }
}
