package io.agentbus.door.cli;

import io.agentbus.client.CallFailed;
import io.agentbus.client.NodeClient;
import io.agentbus.client.Trees;
import io.agentbus.op.Effect;
import io.agentbus.op.Operation;
import io.agentbus.op.RecordShape;
import io.agentbus.op.Right;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An operation as a subcommand: its flags come from the input record, its answer is the output record. */
final class OperationCommand {
  /** Set by {@code agentbus work} for the command that it runs. */
  static final String JOB_VARIABLE = "AGENTBUS_JOB_ID";
  /** Set beside {@link #JOB_VARIABLE}. */
  static final String FENCE_VARIABLE = "AGENTBUS_FENCE";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String JOB = "job-id";
  private static final String FENCE = "fence";
  private final Operation<?, ?, ?> operation;
  private final Map<String, String> environment;
  private final List<InputFlag> inputs;

  OperationCommand(Operation<?, ?, ?> operation, Map<String, String> environment) {
    this.operation = operation;
    this.environment = environment;
    this.inputs = RecordShape.of(operation.input()).fields().stream().map(InputFlag::of).toList();
  }

  static String commandName(Operation<?, ?, ?> operation) {
    return operation.name().replace('_', '-');
  }

  /** The flags of the fields, then those of the call itself. */
  FlagSet flags() {
    var flags = new ArrayList<Flag>();
    var inWorker = inWorker();
    for (var input : inputs) {
      var flag = input.flag();
      var known = inWorker && (flag.name().equals(JOB) || flag.name().equals(FENCE));
      flags.add(known ? flag.known("of the job in hand") : flag);
    }
    if (operation.effect() != Effect.READ && Flag.find(flags, "idempotency-key") == null) {
      flags.add(Flag.one("idempotency-key", "KEY",
          "Repeating the call with the same key and input gives the first answer again."));
    }
    var needs = operation.right() == Right.NONE ? "No token needed."
        : "Needs the right '" + operation.right().wire() + "'.";
    return new FlagSet(commandName(operation), operation.summary(), flags,
        List.of("", needs + " The same as POST /api/v1/op/" + operation.name() + "."));
  }

  /** Calls the node and prints the answer. */
  int run(Map<String, String> leading, List<String> args, Terminal terminal, Clock clock) throws CallFailed {
    var flags = flags();
    var values = flags.parse(leading, args);
    if (values.help()) {
      terminal.out().print(flags.help(terminal.columns().getAsInt()));
      return 0;
    }
    var node = new NodeClient(values.access(environment));
    var input = new InputReader(terminal.in(), clock, () -> bodyLimit(node)).read(inputs, jobInHand(values));
    var wait = Duration.ofSeconds(Math.clamp(input.path("wait_seconds").asLong(), 0, 3600));
    var key = Flag.find(inputs.stream().map(InputFlag::flag).toList(), "idempotency-key") == null
        ? values.text("idempotency-key") : null;
    var answer = node.prepare(operation.name(), input, key, PATIENCE.plus(wait)).answer();
    var document = answer.path("document");
    if (document.isTextual() && !values.json()) {
      // Asked for as such, to be read or written into a file.
      terminal.out().print(document.asText());
      return 0;
    }
    Answer.print(answer, terminal, values.json(), clock.instant());
    return 0;
  }

  /** Bytes of a body that the node takes; 0 when it does not say, be it that it is older, away or wants a token. */
  private static int bodyLimit(NodeClient node) {
    try {
      return node.call("whoami", Trees.MAPPER.createObjectNode(), PATIENCE).at("/limits/body_bytes").asInt();
    } catch (CallFailed unsaid) {
      return 0;
    }
  }

  private boolean inWorker() {
    return environment.containsKey(JOB_VARIABLE) && environment.containsKey(FENCE_VARIABLE)
        && inputs.stream().anyMatch(input -> input.flag().name().equals(FENCE));
  }

  /** Inside a worker's command, a worker verb means the job in hand unless it names another. */
  private FlagValues jobInHand(FlagValues values) {
    if (!inWorker()) {
      return values;
    }
    var given = values.text(JOB);
    var added = new LinkedHashMap<String, String>();
    if (given == null) {
      added.put(JOB, environment.get(JOB_VARIABLE));
    }
    if (!values.has(FENCE) && (given == null || given.equals(environment.get(JOB_VARIABLE)))) {
      added.put(FENCE, environment.get(FENCE_VARIABLE));
    }
    return values.with(added);
  }
}
