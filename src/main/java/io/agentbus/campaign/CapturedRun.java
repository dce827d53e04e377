package io.agentbus.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** All that one run of a phase captured. */
public record CapturedRun(
    @Field(value = "The campaign.", required = true) UUID campaignId,
    @Field(value = "The phase.", required = true) String phase,
    @Field(value = "Number of the run.", required = true) int run,
    @Field(value = "Its job.", required = true) UUID jobId,
    @Field(value = "What it came to; null until it was reported.") @Nullable Verdict verdict,
    @Field(value = "The report's summary.") @Nullable String summary,
    @Field(value = "What the verdict rests on.", required = true) JsonNode evidence,
    @Field(value = "Who reported it.") @Nullable String reportedBy,
    @Field(value = "When.") @Nullable OffsetDateTime reportedAt,
    @Field(value = "Its scenarios in the order in which they ran.", required = true) List<CapturedScenario> scenarios) {

  /** What was captured of one scenario. */
  public record CapturedScenario(
      @Field(value = "Its name or number.", required = true) String name,
      @Field(value = "What it came to.", required = true) ScenarioVerdict verdict,
      @Field(value = "Its result.", required = true) JsonNode result,
      @Field(value = "What it wrote on stderr.") @Nullable String stderr,
      @Field(value = "Where its result comes from.", required = true) JsonNode trace) {}
}
