package io.agentbus.insight;

import io.agentbus.op.Field;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether the bus is well, as the node that answers sees it; at most 2 s old. */
public record SystemHealth(
    @Field(value = "Whether nothing is wrong.", required = true) boolean fit,
    @Field(value = "What is wrong, a sentence each.", required = true) List<String> reasons,
    @Field(value = "The node that answers.", required = true) Node node,
    @Field(value = "All nodes.", required = true) Nodes nodes,
    @Field(value = "Journal rows that no seal covers yet.", required = true) long unsealedJournalRows,
    @Field(value = "Whether everything was counted. When false there is so much somewhere that counting stopped, and the counts of namespaces mean: at"
        + " least so many.", required = true) boolean complete,
    @Field(value = "The namespaces that the caller may see.", required = true) List<Namespace> namespaces) {

  /** One node. */
  public record Node(
      @Field(value = "Name.", required = true) String name,
      @Field(value = "Version of the program.", required = true) String version,
      @Field(value = "What it runs.", required = true) List<String> roles,
      @Field(value = "When it started.", required = true) Instant startedAt,
      @Field(value = "What it does again and again.", required = true) List<Progress> loops,
      @Field(value = "Names of the nodes in its cluster, its own among them; null when it is in none.") @Nullable List<String> members) {}

  /** How a loop gets on. */
  public record Progress(
      @Field(value = "Name.", required = true) String name,
      @Field(value = "When a run last ended well; null before the first.") @Nullable Instant lastRun,
      @Field(value = "How many runs failed since the node started.", required = true) long failures) {}

  /** The nodes of the database together, by their heartbeats. */
  public record Nodes(
      @Field(value = "Nodes that have not stopped.", required = true) long count,
      @Field(value = "Of them, seen within 90 s.", required = true) long healthy,
      @Field(value = "Of them, not seen for 90 s.", required = true) long stale,
      @Field(value = "When any was last seen.") @Nullable OffsetDateTime lastSeen,
      @Field(value = "Leases of agents that they heard of.", required = true) long leasesOwned,
      @Field(value = "Agents that hold a lease.", required = true) long busyAgents) {}

  /** One namespace, without those below it. Ended jobs are those of the last 24 hours. */
  public record Namespace(
      @Field(value = "Namespace.", required = true) String namespace,
      @Field(value = "Jobs whose dependencies are open.", required = true) long waiting,
      @Field(value = "Jobs in line.", required = true) long queued,
      @Field(value = "Jobs handed out.", required = true) long leased,
      @Field(value = "Jobs worked on.", required = true) long running,
      @Field(value = "Jobs kept back.", required = true) long blocked,
      @Field(value = "Jobs that succeeded.", required = true) long succeeded,
      @Field(value = "Jobs that failed.", required = true) long failed,
      @Field(value = "Jobs that are dead.", required = true) long dead,
      @Field(value = "Jobs that were cancelled.", required = true) long cancelled,
      @Field(value = "Leases past their end that no sweep has ended yet.", required = true) long expiredLeases,
      @Field(value = "Unfinished jobs tried three times or more.", required = true) long retryHotspots,
      @Field(value = "Age of the oldest job in line, in seconds.") @Nullable Long oldestQueuedSeconds,
      @Field(value = "Age of the oldest block, in seconds.") @Nullable Long oldestBlockedSeconds) {}
}
