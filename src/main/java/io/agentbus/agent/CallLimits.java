package io.agentbus.agent;

import io.agentbus.op.Field;
import io.agentbus.op.Limits;

/** What a call may hold on the node that answers; an operator sets it. */
public record CallLimits(
    @Field(value = "Bytes of a job's or an event's payload, as JSON.", required = true) int payloadBytes,
    @Field(value = "Bytes of a job's result, as JSON.", required = true) int resultBytes,
    @Field(value = "Bytes of a request body.", required = true) int bodyBytes,
    @Field(value = "Entries of one bulk call.", required = true) int bulk,
    @Field(value = "Jobs of one claim.", required = true) int claim,
    @Field(value = "Entries of a page.", required = true) int page,
    @Field(value = "Seconds of the shortest lease.", required = true) int leaseMinSeconds,
    @Field(value = "Seconds of the longest lease.", required = true) int leaseMaxSeconds,
    @Field(value = "Seconds for which a call may wait.", required = true) int waitSeconds) {

  static CallLimits of(Limits limits) {
    return new CallLimits(limits.payload(), limits.result(), limits.body(), limits.bulk(), limits.claim(), limits.pageMax(), limits.leaseMin(),
        limits.leaseMax(), limits.waitMax());
  }
}
