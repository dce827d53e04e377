package io.agentbus.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** What was captured of one scenario. */
public record ScenarioReport(
    @Field(value = "Its name or number.", required = true, maxLength = 200) String name,
    @Field(value = "What it came to.", required = true) ScenarioVerdict verdict,
    @Field(value = "Its result, as JSON.", maxBytes = CampaignLimits.CAPTURE) @Nullable JsonNode result,
    @Field(value = "What it wrote on stderr, the end of it when that is long.", maxLength = CampaignLimits.STDERR) @Nullable String stderr,
    @Field(value = "Where its result comes from, step by step, as JSON.", maxBytes = CampaignLimits.CAPTURE) @Nullable JsonNode trace) {}
