package io.agentbus.agent;

import io.agentbus.op.Field;

/** What an agent is wanted to do. */
public record DesiredState(
    @Field(value = "none = go on; drain = take nothing new; disable = take nothing at all; pause = wait.",
        required = true, oneOf = {"none", "drain", "disable", "pause"}) String action) {
  static DesiredState of(Agent agent) {
    return new DesiredState(switch (agent.desired()) {
      case "draining" -> "drain";
      case "disabled" -> "disable";
      default -> agent.paused() ? "pause" : "none";
    });
  }
}
