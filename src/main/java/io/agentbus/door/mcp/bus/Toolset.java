package io.agentbus.door.mcp.bus;

import io.agentbus.op.Caller;
import io.agentbus.op.Effect;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemException;
import io.agentbus.problem.Suggestion;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which operations an address offers as tools, of those that the token may use: a model chooses better among few. Which
 * operation belongs where follows from its declaration, so that a new one needs no line here.
 */
enum Toolset {
  /** What a worker needs: its jobs, what it asks for, what it may look at. */
  AGENT {
    @Override
    boolean has(Operation<?, ?, ?> operation) {
      return switch (operation.right()) {
        case WORK -> true;
        case NONE, READ -> operation.effect() == Effect.READ && !AUDIT.contains(area(operation));
        case ASK -> !FLEET.contains(area(operation));
        case OPERATE, ADMIN -> false;
      };
    }
  },
  /** What an operator needs: everything but the worker's verbs. */
  OPERATOR {
    @Override
    boolean has(Operation<?, ?, ?> operation) {
      return operation.right() != Right.WORK;
    }
  },
  /** Everything. */
  ALL {
    @Override
    boolean has(Operation<?, ?, ?> operation) {
      return true;
    }
  };

  private static final Set<String> AUDIT = Set.of("journal", "audit");
  private static final Set<String> FLEET = Set.of("fleet", "tokens");
  private static final Set<String> PARAMETERS = Set.of("toolset", "tools");

  abstract boolean has(Operation<?, ?, ?> operation);

  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The first segment of an operation's route: {@code jobs}, {@code fleet}. */
  private static String area(Operation<?, ?, ?> operation) {
    return operation.route().path().split("/")[1];
  }

  /** The toolset of this name, which {@link #in} has answered. */
  static Toolset ofWire(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }

  /**
   * The toolset that a URL names; without a name an operator's token gets {@link #OPERATOR}, every other {@link #AGENT}.
   *
   * @throws ProblemException {@code invalid_input}
   */
  static Toolset in(Caller caller, Map<String, List<String>> parameters) {
    var chosen = caller.isOperator() ? OPERATOR : AGENT;
    for (var parameter : parameters.entrySet()) {
      if (!PARAMETERS.contains(parameter.getKey())) {
        throw ProblemException.invalid("/" + parameter.getKey(), "is no parameter of this address, which has toolset"
            + Suggestion.words(parameter.getKey(), PARAMETERS));
      }
      var value = parameter.getValue().getLast();
      chosen = Arrays.stream(values()).filter(toolset -> toolset.wire().equals(value)).findFirst().orElseThrow(() ->
          ProblemException.invalid("/" + parameter.getKey(), "is one of agent, operator and all, not '" + value + "'"));
    }
    return chosen;
  }
}
