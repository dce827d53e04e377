package io.agentbus.campaign;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is to be run, by whom. */
public record CreateCampaign(
    @Field(value = "Namespace of the campaign and of the phases that name none; absent = the token's.", maxLength = NamespacePath.MAX_LENGTH,
        pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "Name. While a campaign of this name is open in the namespace, creating it again answers that one.", required = true,
        maxLength = CampaignLimits.NAME, pattern = CampaignLimits.WORD, shape = CampaignLimits.WORD_SHAPE, example = "\"v0.6.3\"") String name,
    @Field(value = "The agent whose inbox hears how phases end; absent = the token's. May name only that agent; an operator may name any.",
        pattern = CampaignLimits.AGENT, shape = CampaignLimits.AGENT_SHAPE) @Nullable String orchestrator,
    @Field(value = "The phases. Those of one batch run in this order; all others at once.", required = true, maxItems = CampaignLimits.PHASES)
        List<PhasePlan> phases) {}
