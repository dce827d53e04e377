package io.agentbus.campaign;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import io.agentbus.op.Made;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A campaign with all that is known of it: what the evidence page shows. */
public record Campaign(
    @Field(value = "Id.", required = true) UUID id,
    @Field(value = "Namespace.", required = true) String namespace,
    @Field(value = "Name.", required = true) String name,
    @Field(value = "Where it stands.", required = true) CampaignStatus status,
    @Field(value = "Who runs it.", required = true) String orchestrator,
    @Field(value = "Who created it.", required = true) String createdBy,
    @Field(value = "When it was created.", required = true) OffsetDateTime createdAt,
    @Field(value = "When it got its verdict or was cancelled; null while it is open.") @Nullable OffsetDateTime finishedAt,
    @Field(value = "Each time that all phases had landed: the last one counts.", required = true) List<Reached> verdicts,
    @Field(value = "The phases, in their order.", required = true) List<Phase> phases,
    @Field(value = "All that happened, oldest first; of more than 1,000 changes the newest. Empty, as the verdicts and runs are, for who may not read.", required = true) List<Happening> timeline,
    @Field(value = "The evidence page in the form asked for; not there unless one was.") @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable String document,
    @Field(value = "Only in answers to create_campaign: whether this is an open campaign that was there before.")
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean duplicate,
    @Field(value = "Only where there is something to say: what the caller should know.") @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable List<String> warnings) implements Made {

  /** The same with the page. */
  Campaign withDocument(String text) {
    return new Campaign(id, namespace, name, status, orchestrator, createdBy, createdAt, finishedAt, verdicts, phases, timeline, text, duplicate, warnings);
  }

  /** The same without what was reported, judged and done: for who may not read. */
  Campaign withoutEvidence() {
    var bare = phases.stream().map(phase -> new Phase(phase.name(), phase.group(), phase.batch(), phase.namespace(), phase.worker(), phase.expectedSeconds(),
        phase.status(), phase.run(), phase.jobId(), List.of())).toList();
    return new Campaign(id, namespace, name, status, orchestrator, createdBy, createdAt, finishedAt, List.of(), bare, List.of(), null, duplicate, warnings);
  }

  /** The same with what the caller should know. */
  Campaign warned(List<String> said) {
    return new Campaign(id, namespace, name, status, orchestrator, createdBy, createdAt, finishedAt, verdicts, phases, timeline, document, duplicate, said);
  }

  /** The same with what an answer to create_campaign adds. */
  Campaign created(boolean before, List<String> said) {
    return new Campaign(id, namespace, name, status, orchestrator, createdBy, createdAt, finishedAt, verdicts, phases, timeline, document, before,
        said.isEmpty() ? null : said);
  }

  /** A verdict on the whole, and what was decided about it. */
  public record Reached(
      @Field(value = "Passed when every phase passed.", required = true) Verdict verdict,
      @Field(value = "Names of the phases that failed.", required = true) List<String> failed,
      @Field(value = "When the last phase landed.", required = true) OffsetDateTime reachedAt,
      @Field(value = "What an operator decided.") @Nullable Decision decision,
      @Field(value = "Why.") @Nullable String decisionReason,
      @Field(value = "Who decided.") @Nullable String decidedBy,
      @Field(value = "When.") @Nullable OffsetDateTime decidedAt) {}

  /** One phase. */
  public record Phase(
      @Field(value = "Name.", required = true) String name,
      @Field(value = "Kind of phase.") @Nullable String group,
      @Field(value = "Batch in which it stands in line.") @Nullable String batch,
      @Field(value = "Namespace of its jobs.", required = true) String namespace,
      @Field(value = "Agent that does it.", required = true) String worker,
      @Field(value = "How long it should take, in seconds.", required = true) int expectedSeconds,
      @Field(value = "Where it stands.", required = true) PhaseStatus status,
      @Field(value = "Number of its current run; null before the first, and while it is to run again and waits for its turn in the batch.") @Nullable Integer run,
      @Field(value = "Job of its current run.") @Nullable UUID jobId,
      @Field(value = "Its runs, oldest first.", required = true) List<Run> runs) {

    /** The current run; null when there is none, as {@link #run} says. */
    @Nullable Run current() {
      return run == null ? null : runs.getLast();
    }
  }

  /** One run of a phase. */
  public record Run(
      @Field(value = "Number, from 1.", required = true) int run,
      @Field(value = "Its job.", required = true) UUID jobId,
      @Field(value = "Where the job stands.") @Nullable String jobStatus,
      @Field(value = "Attempts at the job that were used up.") @Nullable Integer attemptCount,
      @Field(value = "When it was asked for.", required = true) OffsetDateTime startedAt,
      @Field(value = "When it was found to be stuck.") @Nullable OffsetDateTime stuckAt,
      @Field(value = "Why it is called stuck.") @Nullable String stuckReason,
      @Field(value = "What it came to; null until it was reported.") @Nullable Verdict verdict,
      @Field(value = "The report's summary.") @Nullable String summary,
      @Field(value = "What the verdict rests on; of the current run only.") @Nullable JsonNode evidence,
      @Field(value = "Who reported it.") @Nullable String reportedBy,
      @Field(value = "When.") @Nullable OffsetDateTime reportedAt,
      @Field(value = "When the next run took its place.") @Nullable OffsetDateTime replacedAt,
      @Field(value = "Who wanted that.") @Nullable String replacedBy,
      @Field(value = "Why.") @Nullable String replacedReason,
      @Field(value = "Its scenarios; of the current run only. get_phase_run has what they captured.") @Nullable List<Scenario> scenarios) {}

  /** One scenario in short. */
  public record Scenario(
      @Field(value = "Its name or number.", required = true) String name,
      @Field(value = "What it came to.", required = true) ScenarioVerdict verdict,
      @Field(value = "The end of what it wrote on stderr, when it failed.") @Nullable String stderr) {}

  /** One change: of the campaign, or of the job of one of its runs, or an event that such a job is the source of. */
  public record Happening(
      @Field(value = "When.", required = true) OffsetDateTime at,
      @Field(value = "Topic of the event, or the operation where it is none.", required = true) String topic,
      @Field(value = "Who.", required = true) String actor,
      @Field(value = "Phase it concerns; null when it concerns the whole.") @Nullable String phase,
      @Field(value = "Run of the phase.") @Nullable Integer run,
      @Field(value = "Attempt at the job of the run.") @Nullable Integer attempt,
      @Field(value = "What else there is to know.", required = true) JsonNode detail) {}
}
