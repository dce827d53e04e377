package io.agentbus.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.AgentBus;
import io.agentbus.app.Commands;
import io.agentbus.door.cli.Cli;
import io.agentbus.door.cli.Terminal;
import io.agentbus.op.Json;
import io.agentbus.op.Operation;
import io.agentbus.op.RecordShape;
import io.agentbus.op.ValueShape.Kind;
import io.agentbus.problem.ProblemCode;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Calls by command lines, in this process or in one of their own. */
final class CommandLines implements Door {
  /** Longer arguments are no use to a kernel. */
  private static final int LONGEST_ARGUMENT = 100_000;
  private final String url;
  private final Path home;
  private final boolean processes;

  /** @param home a folder without a token in it */
  CommandLines(String url, Path home, boolean processes) {
    this.url = url;
    this.home = home;
    this.processes = processes;
  }

  @Override
  public String name() {
    return processes ? "process" : "command line";
  }

  @Override
  public boolean canSay(Operation<?, ?, ?> operation, Refusal refusal) {
    var field = RecordShape.of(operation.input()).field(refusal.spoiled());
    // A command of the node hides the operation of its name.
    if (Commands.nodeCommands().stream().anyMatch(command -> command.name().equals(field(operation.name())))) {
      return false;
    }
    if (processes && refusal.input().toString().length() > LONGEST_ARGUMENT) {
      return false;
    }
    // What is typed for a text is text, and one word is a list of one.
    return field == null || !refusal.input().path(refusal.spoiled()).isNumber()
        || field.value().leaf().kind() != Kind.TEXT && field.value().leaf().kind() != Kind.UUID || field.value().kind() == Kind.MAP;
  }

  @Override
  public Answer call(Operation<?, ?, ?> operation, Ask ask) throws Exception {
    var argv = new ArrayList<String>();
    argv.add(field(operation.name()));
    argv.add("--json");
    if (!ask.key().isEmpty()) {
      argv.add("--idempotency-key=" + ask.key());
    }
    ask.input().properties().forEach(field -> argv.add("--" + field(field.getKey()) + "=" + text(field.getValue())));
    var environment = new HashMap<String, String>();
    environment.put("AGENTBUS_URL", url);
    environment.put("AGENTBUS_HOME", home.toString());
    if (!ask.token().isEmpty()) {
      environment.put("AGENTBUS_TOKEN", ask.token());
    }
    return processes ? inProcess(argv, environment) : here(argv, environment);
  }

  private static Answer here(List<String> argv, Map<String, String> environment) throws Exception {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var terminal = new Terminal(InputStream.nullInputStream(), new PrintStream(out, false, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8), false, () -> 80, environment);
    var status = new Cli(Commands::operations, Commands.nodeCommands(), "test", Clock.systemUTC()).run(argv, terminal);
    return answer(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static Answer inProcess(List<String> argv, Map<String, String> environment) throws Exception {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), AgentBus.class.getName()));
    command.addAll(argv);
    var err = File.createTempFile("agentbus", ".err");
    try {
      var builder = new ProcessBuilder(command).redirectError(err);
      builder.environment().keySet().removeIf(name -> name.startsWith("AGENTBUS_") || name.startsWith("JAVA_TOOL"));
      builder.environment().putAll(environment);
      var process = builder.start();
      try {
        process.getOutputStream().close();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
          throw new AssertionError("the program did not end: " + argv);
        }
        return answer(process.exitValue(), out, java.nio.file.Files.readString(err.toPath()));
      } finally {
        process.destroyForcibly();
      }
    } finally {
      java.nio.file.Files.delete(err.toPath());
    }
  }

  private static Answer answer(int status, String out, String err) throws Exception {
    return new Answer(status, status != 0, Json.MAPPER.readTree(status == 0 ? out : err));
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : value.toString();
  }

  @Override
  public int status(ProblemCode code) {
    return code.exitCode();
  }

  @Override
  public String field(String name) {
    return name.replace('_', '-');
  }
}
