package io.agentbus.campaign;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import org.jspecify.annotations.Nullable;

/** One phase: who does it, how long it should take, and the job that is asked for. */
public record PhasePlan(
    @Field(value = "Name, unlike all others of the campaign.", required = true, maxLength = CampaignLimits.NAME, pattern = CampaignLimits.WORD,
        shape = CampaignLimits.WORD_SHAPE, example = "\"phase1\"") String name,
    @Field(value = "Agent that does it, found in the phase's namespace and then upwards.", required = true, pattern = CampaignLimits.AGENT,
        shape = CampaignLimits.AGENT_SHAPE, example = "\"gate-1\"") String worker,
    @Field(value = "How long it should take; silent for twice that, it is stuck.", required = true, min = 1, max = CampaignLimits.SECONDS)
        Integer expectedSeconds,
    @Field(value = "Kind of phase, by which the page groups them.", maxLength = CampaignLimits.NAME, pattern = CampaignLimits.WORD,
        shape = CampaignLimits.WORD_SHAPE) @Nullable String group,
    @Field(value = "Phases of one batch begin one after another, each when the one before has landed, whatever it came to.",
        maxLength = CampaignLimits.NAME, pattern = CampaignLimits.WORD, shape = CampaignLimits.WORD_SHAPE) @Nullable String batch,
    @Field(value = "Namespace of its jobs, the campaign's or one below; absent = the campaign's.", maxLength = NamespacePath.MAX_LENGTH,
        pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "Subject of its jobs; absent = the names of campaign and phase.", maxLength = 500, pattern = "\\S",
        shape = "a text that is not blank") @Nullable String subject,
    @Field(value = "What the worker needs. The bus adds a field 'campaign' that says what to report.", limit = Limit.PAYLOAD, def = "{}")
        @Nullable ObjectNode payload,
    @Field(value = "Priority of its jobs.", min = 1, max = 1000, def = "100") @Nullable Integer priority,
    @Field(value = "Attempts that a run may use up.", min = 1, max = 1000, limit = Limit.ATTEMPTS) @Nullable Integer maxAttempts,
    @Field(value = "An attempt that lasts longer is ended.", min = 1, max = CampaignLimits.SECONDS) @Nullable Integer timeoutSeconds) {}
