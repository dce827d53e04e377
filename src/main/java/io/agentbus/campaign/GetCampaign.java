package io.agentbus.campaign;

import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which campaign, and in what form. */
public record GetCampaign(
    @Field(value = "The campaign.", required = true, positional = 0) UUID campaignId,
    @Field(value = "Whether the answer holds the evidence page too, and in which form.", def = "\"json\"") @Nullable PageFormat format) {}
