package io.agentbus.campaign;

import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which campaign is to end without a verdict. */
public record CancelCampaign(
    @Field(value = "The campaign.", required = true, positional = 0) UUID campaignId,
    @Field(value = "Why; kept in the journal.", maxLength = CampaignLimits.TEXT) @Nullable String reason) {}
