package io.agentbus.campaign;

import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which phase is to run again. */
public record RerunPhase(
    @Field(value = "The campaign.", required = true, positional = 0) UUID campaignId,
    @Field(value = "Name of the phase.", required = true, maxLength = CampaignLimits.NAME, positional = 1) String phase,
    @Field(value = "Why; kept with the run that is replaced.", maxLength = CampaignLimits.TEXT) @Nullable String reason,
    @Field(value = "The run that is to be replaced; absent = the current one. Given, a repetition of this call does not run it twice.", min = 1,
        max = 1_000_000) @Nullable Integer run) {}
