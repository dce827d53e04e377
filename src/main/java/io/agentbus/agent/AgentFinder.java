package io.agentbus.agent;

import io.agentbus.op.Call;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Finds the agent that a call names, within the caller's walls. */
public final class AgentFinder {
  private final Directory directory;

  public AgentFinder(Directory directory) {
    this.directory = directory;
  }

  /**
   * The agent of an id, or of a name as it is meant in a namespace: that of the nearest one, from there upwards.
   *
   * @param namespace null = the caller's own
   * @throws ProblemException {@code not_found}, whether it is absent or outside the walls
   */
  public AgentRef find(Call call, @Nullable String namespace, String nameOrId) {
    var id = uuid(nameOrId);
    var found = id == null ? null : AgentStore.refById(call.sql(), id);
    if (found == null) {
      found = directory.resolve(directory.existing(call.caller(), namespace), nameOrId);
    }
    if (found == null || !call.caller().sees(found.namespace())) {
      throw ProblemException.notFound("agent", nameOrId);
    }
    return found;
  }

  /**
   * The agent that a call is about: the named one, or the caller itself when none is named. Others than the caller's
   * own need an operator.
   *
   * @throws ProblemException {@code not_found}; {@code forbidden} for another agent than the caller; {@code
   *     invalid_input} when none is named and the caller is no agent
   */
  AgentRef ownOrOperated(Call call, @Nullable String namespace, @Nullable String nameOrId) {
    var caller = call.caller();
    if (nameOrId == null) {
      return own(call);
    }
    var found = find(call, namespace, nameOrId);
    if (!caller.isOperator() && !Integer.valueOf(found.agentNo()).equals(caller.agentNo())) {
      throw ProblemException.of(ProblemCode.FORBIDDEN,
          "/agent: " + caller.actor() + " may change only itself; changing " + found.name()
          + " needs the right 'operate'.");
    }
    return found;
  }

  /** The agent whose token this is. */
  private AgentRef own(Call call) {
    var agentNo = call.caller().agentNo();
    var found = agentNo == null ? null : directory.agentByNo(agentNo);
    if (found == null) {
      throw ProblemException.invalid("/agent", "is required, because the token is no agent's");
    }
    return found;
  }

  private static @Nullable UUID uuid(String text) {
    try {
      return text.length() == 36 ? UUID.fromString(text) : null;
    } catch (IllegalArgumentException name) {
      return null;
    }
  }
}
