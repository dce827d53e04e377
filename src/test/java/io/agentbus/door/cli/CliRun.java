package io.agentbus.door.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.testkit.ScriptedNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs command lines as the program's main does, with its streams caught. */
final class CliRun {
  static final Instant NOW = Instant.parse("2026-08-01T10:00:00Z");
  final Map<String, String> environment = new HashMap<>();
  boolean interactive;
  int columns = 80;
  String stdin = "";
  int exitCode;
  String out = "";
  String err = "";

  CliRun(ScriptedNode node) {
    environment.put("AGENTBUS_URL", node.url().toString());
    environment.put("AGENTBUS_TOKEN", "secret");
  }

  CliRun run(String... argv) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var clock = Clock.fixed(NOW, ZoneOffset.UTC);
    var terminal = new Terminal(new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
        new PrintStream(out, false, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8),
        interactive, () -> columns,
        environment);
    exitCode = new Cli(() -> SampleOperations.ALL, List.of(new HealthCommand(clock)), "1.2.3", clock)
        .run(List.of(argv), terminal);
    this.out = out.toString(StandardCharsets.UTF_8);
    this.err = err.toString(StandardCharsets.UTF_8);
    return this;
  }

  JsonNode json() {
    return ScriptedNode.tree(out);
  }
}
