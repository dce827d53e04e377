package io.agentbus.dispatch;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.agentbus.agent.AgentRef;
import io.agentbus.bus.Addresses;
import io.agentbus.bus.Messages;
import io.agentbus.bus.Messages.Asked;
import io.agentbus.db.Sql;
import io.agentbus.job.Job;
import io.agentbus.job.JobAttempts;
import io.agentbus.job.JobReads;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Takes jobs for agents and brings each to its agent over the event bus. What the agent does not admit goes back into its line. */
public final class HandOvers {
  /** How the journal names who brings jobs, as whatever else happens on its own. */
  static final String ACTOR = "bus";
  /** What an agent says when it cannot take a job now: busy, at its limit, not ready. */
  private static final Set<Integer> NOT_NOW = Set.of(409, 429, 503);
  /** How long an agent that is not on the bus of this node may be on that of another. */
  private static final Duration ELSEWHERE = Duration.ofSeconds(1);
  private static final int LONGEST_REASON = 500;

  private final Claims claims;
  private final JobAttempts attempts;
  private final JobReads reads;
  private final Sql sql;
  private final Messages messages;
  private final int leaseSeconds;
  private final DispatcherConfig config;
  private final Consumer<Job> whenAdmitted;

  /** @param leaseSeconds length of the leases that agents get @param whenAdmitted hears of each job that its agent admitted; may wait */
  public HandOvers(Claims claims, JobAttempts attempts, JobReads reads, Sql sql, Messages messages, int leaseSeconds, DispatcherConfig config,
      Consumer<Job> whenAdmitted) {
    this.claims = claims;
    this.attempts = attempts;
    this.reads = reads;
    this.sql = sql;
    this.messages = messages;
    this.leaseSeconds = leaseSeconds;
    this.config = config;
    this.whenAdmitted = whenAdmitted;
  }

  DispatcherConfig config() {
    return config;
  }

  /** Takes jobs for the agent; waits for some. */
  List<Job> take(AgentRef agent, int most, Duration patience) {
    return claims.claimFor(agent, ACTOR, most, leaseSeconds, patience);
  }

  /** Asks the agent to take a job and waits for its reply. */
  Asked bring(AgentRef agent, Job job) {
    var as = new Caller(null, agent.name(), agent.agentNo(), List.of(agent.namespace()), Set.of());
    reads.note(new Call(as, job.id().toString(), sql), "claim_jobs", job.namespace(), List.of(job.id()));
    return messages.ask(Addresses.agent(agent.namespace().value(), agent.name()), json(job), config.replyWithin());
  }

  /**
   * Does with a job that was not admitted what the answer calls for.
   *
   * @param pause for how long the agent is left alone
   */
  void takeBack(AgentRef agent, Job job, Asked answer, Duration pause) {
    var who = "agent " + agent.name();
    switch (answer) {
      case Asked.Replied _ -> { }
      // Without a cluster the agent may have gone to another node, which must not wait for this one.
      case Asked.NoHandler _ -> postpone(job, messages.clustered() || pause.compareTo(ELSEWHERE) < 0 ? pause : ELSEWHERE, who + " is not on the event bus");
      case Asked.Unanswered(var why) -> postpone(job, pause, who + " did not answer: " + shortened(why));
      case Asked.Failed(var code, var text) when NOT_NOW.contains(code) ->
          postpone(job, pause, who + " cannot take it now: " + code + " " + shortened(text));
      case Asked.Failed(var code, var text) -> attempts.failRefused(ACTOR, job, who + " refused the job: " + code + " " + shortened(text));
    }
  }

  /** Says on that the agent admitted a job. */
  void admitted(Job job) {
    whenAdmitted.accept(job);
  }

  /** Gives a job back at once. */
  void handBack(Job job) {
    attempts.handBack(ACTOR, List.of(job), "the node stopped before the agent took the job");
  }

  private void postpone(Job job, Duration delay, String reason) {
    attempts.postpone(ACTOR, job, delay, reason);
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON - 3) + "...";
  }

  private static byte[] json(Job job) {
    try {
      return Json.MAPPER.writeValueAsBytes(job);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("job " + job.id() + " cannot be written as JSON", e);
    }
  }
}
