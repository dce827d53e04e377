package io.agentbus.campaign;

import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a phase came to, said once for each of its runs. */
public record ReportPhase(
    @Field(value = "The campaign.", required = true, positional = 0) UUID campaignId,
    @Field(value = "Name of the phase.", required = true, maxLength = CampaignLimits.NAME, positional = 1) String phase,
    @Field(value = "Fence of the attempt, from the claim. A worker must give it; its job is completed in the same commit.", min = 1)
        @Nullable Long fence,
    @Field(value = "Number of the run, from the job's payload; absent = the current one.", min = 1, max = 1_000_000) @Nullable Integer run,
    @Field(value = "What it came to.", required = true) Verdict verdict,
    @Field(value = "For people, in a sentence or two.", maxLength = CampaignLimits.TEXT) @Nullable String summary,
    @Field(value = "What it rests on.") @Nullable PhaseEvidence evidence) {}
