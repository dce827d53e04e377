package io.agentbus.insight;

import io.agentbus.op.Field;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What somebody read, wrote and acted on in a window of time. Each list goes on in the next page where it was cut. */
public record AuditedWindow(
    @Field(value = "Start of the window.", required = true) Instant from,
    @Field(value = "End of the window.", required = true) Instant to,
    @Field(value = "What was answered to them: reads, and jobs handed out by claims; by time. Reads show up within a second.", required = true)
        List<Read> read,
    @Field(value = "Every change they made, claims included; by time.", required = true) List<JournalEntry> wrote,
    @Field(value = "The jobs that they changed; by id.", required = true) List<Acted> actedOn,
    @Field(value = "Send as cursor for the next page; null when all lists are complete.") @Nullable String next) {

  /** One answer that held something. */
  public record Read(
      @Field(value = "When.", required = true) OffsetDateTime at,
      @Field(value = "Who.", required = true) String actor,
      @Field(value = "Operation that answered.", required = true) String operation,
      @Field(value = "Namespace; null when the answer spanned several.") @Nullable String namespace,
      @Field(value = "The jobs that the answer told of.", required = true) List<UUID> jobIds,
      @Field(value = "How many things the answer held.", required = true) int rows) {}

  /** What was done to one job. */
  public record Acted(
      @Field(value = "The job.", required = true) UUID jobId,
      @Field(value = "First change.", required = true) OffsetDateTime firstAt,
      @Field(value = "What it was.", required = true) String firstAction,
      @Field(value = "Last change.", required = true) OffsetDateTime lastAt,
      @Field(value = "What it was.", required = true) String lastAction,
      @Field(value = "How many changes.", required = true) long changes) {}
}
