package io.agentbus.campaign;

import io.agentbus.op.Field;
import java.util.UUID;

/** How a phase and its campaign stand after a report. */
public record ReportedPhase(
    @Field(value = "The campaign.", required = true) UUID campaignId,
    @Field(value = "The phase.", required = true) String phase,
    @Field(value = "The run that was reported.", required = true) int run,
    @Field(value = "What it came to.", required = true) Verdict verdict,
    @Field(value = "Whether this very report was taken before; then nothing was changed.", required = true) boolean repeated,
    @Field(value = "Whether the run was stuck until then.", required = true) boolean late,
    @Field(value = "Where the campaign stands now.", required = true) CampaignStatus campaignStatus,
    @Field(value = "Phases that have not landed now.", required = true) int openPhases) {}
