package io.agentbus.campaign;

import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is made of the newest verdict of a campaign. */
public record DecideCampaign(
    @Field(value = "The campaign.", required = true, positional = 0) UUID campaignId,
    @Field(value = "What is decided.", required = true, positional = 1) Decision decision,
    @Field(value = "Why.", maxLength = CampaignLimits.TEXT) @Nullable String reason) {}
