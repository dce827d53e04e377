package io.agentbus.door.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.client.CallFailed;
import io.agentbus.client.NodeClient;
import io.agentbus.client.Refused;
import io.agentbus.client.Trees;
import io.agentbus.problem.ProblemCode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * {@code agentbus health}: whether the node lives, whether it takes work, and what it says of itself to whoever has a
 * token.
 */
public final class HealthCommand implements NodeCommand {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  /** What a program that waits for a node may count on: it is there, but does not take work. */
  private static final int NOT_READY = 6;
  private final Clock clock;

  public HealthCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "health";
  }

  @Override
  public String summary() {
    return "Tells whether the node lives and takes work; exits 0 only when it does.";
  }

  @Override
  public int run(List<String> args, Terminal terminal) throws CallFailed {
    var flags = new FlagSet(name(), summary(), List.of(), List.of());
    var values = flags.parse(args);
    if (values.help()) {
      terminal.out().print(flags.help(terminal.columns().getAsInt()));
      return 0;
    }
    var access = values.access(terminal.environment());
    var node = new NodeClient(access);
    var report = Trees.MAPPER.createObjectNode().put("url", access.url().toString());
    var lives = probe(node, "/health");
    var ready = probe(node, "/ready");
    report.put("live", lives.ok()).put("ready", ready.ok());
    if (!lives.ok()) {
      report.set("health", lives.said());
    }
    if (!ready.ok()) {
      report.set("readiness", ready.said());
    }
    if (access.token() != null && lives.ok()) {
      addDetails(report, node);
    }
    Answer.print(report, terminal, values.json(), clock.instant());
    return lives.ok() && ready.ok() ? 0 : NOT_READY;
  }

  private record Probe(boolean ok, JsonNode said) {}

  private static Probe probe(NodeClient node, String path) throws CallFailed {
    try {
      return new Probe(true, node.get(path, PATIENCE));
    } catch (Refused e) {
      return new Probe(false, e.problem());
    }
  }

  private static void addDetails(ObjectNode report, NodeClient node) throws CallFailed {
    try {
      report.set("details", node.call("health", Trees.MAPPER.createObjectNode(), PATIENCE));
    } catch (Refused e) {
      // A node that is not ready cannot ask its database: what it says instead belongs in the report. One that does not
      // know the operation has nothing to say.
      if (!e.is(ProblemCode.NOT_FOUND)) {
        report.set("details", e.problem());
      }
    }
  }
}
