package io.agentbus.memorybus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what in a namespace. The nearest governance at or above it decides; where there is none, everybody writes and promotes, and
 * an entry is deleted by who stored it.
 *
 * @param write level of storing and changing
 * @param promote level of promoting
 * @param delete level of deleting
 * @param approver who approves what needs approval
 * @param inherit whether namespaces below have it too
 */
record GovernancePolicy(Level write, Level promote, Level delete, Approver approver, boolean inherit) {
  static final GovernancePolicy NONE = new GovernancePolicy(Level.ANY, Level.ANY, Level.OWNER, new Human(), true);
  private static final String APPROVER = "must be \"human\", {\"agent\": a name} or {\"consensus\": a number of votes from 1 to 100}";

  /** Who may do one thing. */
  enum Level {
    ANY, REGISTERED, OWNER, APPROVE;

    static Level of(@Nullable String word, Level absent) {
      return switch (word) {
        case "any" -> ANY;
        case "registered" -> REGISTERED;
        case "owner" -> OWNER;
        case "approve" -> APPROVE;
        case null, default -> absent;
      };
    }

    String word() {
      return switch (this) {
        case ANY -> "any";
        case REGISTERED -> "registered";
        case OWNER -> "owner";
        case APPROVE -> "approve";
      };
    }
  }

  /** Who approves. */
  sealed interface Approver {
    /** As what one of them votes: votes cast as something else count no more once this is who approves. */
    String seat();

    /** How many votes it takes. */
    default int votes() {
      return 1;
    }
  }

  /** A person: whoever holds an operator's token. */
  record Human() implements Approver {
    @Override
    public String seat() {
      return "human";
    }
  }

  /** One agent. */
  record OneAgent(String name) implements Approver {
    @Override
    public String seat() {
      return "agent:" + name;
    }
  }

  /** So many registered agents. */
  record Consensus(int votes) implements Approver {
    @Override
    public String seat() {
      return "consensus";
    }
  }

  /** What is done. */
  enum Deed { WRITE, PROMOTE, DELETE }

  /** What comes of it. */
  enum Decision { ALLOW, DENY, ASK }

  /** The level that holds for a deed. */
  Level level(Deed deed) {
    return switch (deed) {
      case WRITE -> write;
      case PROMOTE -> promote;
      case DELETE -> delete;
    };
  }

  /**
   * Whether a deed may be done.
   *
   * @param operator whether the caller has the right to operate
   * @param agent whether the caller is an agent that is registered
   * @param owner whether the thing is the caller's own
   */
  Decision decide(Deed deed, boolean operator, boolean agent, boolean owner) {
    return switch (level(deed)) {
      case ANY -> Decision.ALLOW;
      case REGISTERED -> operator || agent ? Decision.ALLOW : Decision.DENY;
      case OWNER -> operator || owner ? Decision.ALLOW : Decision.DENY;
      case APPROVE -> Decision.ASK;
    };
  }

  /** What was said, completed; refuses an approver that is none. */
  static GovernancePolicy of(MemoryGovernance said) {
    return new GovernancePolicy(Level.of(said.write(), Level.ANY), Level.of(said.promote(), Level.ANY), Level.of(said.delete(), Level.OWNER),
        approver(said.approver()), said.inherit() == null || said.inherit());
  }

  /** What {@link #json} wrote. */
  static GovernancePolicy read(JsonNode json) {
    return new GovernancePolicy(Level.of(json.path("write").asText(), Level.ANY), Level.of(json.path("promote").asText(), Level.ANY),
        Level.of(json.path("delete").asText(), Level.OWNER), approver(json.get("approver")), json.path("inherit").asBoolean(true));
  }

  /** Complete, in the form in which it is said. */
  ObjectNode json() {
    var json = Json.MAPPER.createObjectNode().put("write", write.word()).put("promote", promote.word()).put("delete", delete.word());
    switch (approver) {
      case Human _ -> json.put("approver", "human");
      case OneAgent one -> json.putObject("approver").put("agent", one.name());
      case Consensus some -> json.putObject("approver").put("consensus", some.votes());
    }
    return json.put("inherit", inherit);
  }

  private static Approver approver(@Nullable JsonNode said) {
    if (said == null || said.isNull() || said.asText().equals("human")) {
      return new Human();
    }
    var agent = said.path("agent");
    if (said.size() == 1 && agent.isTextual() && !agent.textValue().isBlank() && agent.textValue().length() <= 128) {
      return new OneAgent(agent.textValue());
    }
    var votes = said.path("consensus");
    if (said.size() == 1 && votes.isInt() && votes.intValue() >= 1 && votes.intValue() <= 100) {
      return new Consensus(votes.intValue());
    }
    throw ProblemException.invalid("/governance/approver", APPROVER);
  }
}
