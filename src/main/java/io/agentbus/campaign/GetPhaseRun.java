package io.agentbus.campaign;

import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which run of which phase. */
public record GetPhaseRun(
    @Field(value = "The campaign.", required = true, positional = 0) UUID campaignId,
    @Field(value = "Name of the phase.", required = true, maxLength = CampaignLimits.NAME, positional = 1) String phase,
    @Field(value = "Number of the run; absent = the current one.", min = 1, max = 1_000_000) @Nullable Integer run) {}
