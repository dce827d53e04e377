package io.agentbus.campaign;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a verdict rests on. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PhaseEvidence(
    @Field(value = "Where the run can be looked at.", maxLength = CampaignLimits.TEXT) @Nullable String runUrl,
    @Field(value = "How long it took, in minutes.", min = 0) @Nullable Double durationMinutes,
    @Field(value = "How many checks passed.", min = 0) @Nullable Integer passed,
    @Field(value = "How many checks failed.", min = 0) @Nullable Integer failed,
    @Field(value = "The channel that was tried.", maxLength = CampaignLimits.NAME) @Nullable String channel,
    @Field(value = "Anything else, a JSON object.", maxBytes = CampaignLimits.DETAILS) @Nullable ObjectNode details,
    @Field(value = "What was captured of each scenario, in the order in which they ran.", maxItems = CampaignLimits.SCENARIOS)
        @Nullable List<ScenarioReport> scenarios) {

  /** Without the scenarios, which are kept apart. */
  PhaseEvidence alone() {
    return new PhaseEvidence(runUrl, durationMinutes, passed, failed, channel, details, null);
  }
}
