package io.agentbus.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.client.CallFailed;
import io.agentbus.client.NodeClient;
import io.agentbus.client.Trees;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/**
 * What an agent of the demo does with one job: the command that {@code agentbus work} runs for it. It is given what every such command
 * is given, the job on stdin and the variables of the worker contract, and closes its job itself.
 */
public final class DemoStep {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final NodeClient node;
  private final JsonNode job;

  private DemoStep(NodeClient node, JsonNode job) {
    this.node = node;
    this.job = job;
  }

  /** @param args the agent's name */
  public static void main(String[] args) throws Exception {
    var environment = System.getenv();
    var job = Trees.MAPPER.readTree(System.in.readAllBytes());
    var step = new DemoStep(new NodeClient(URI.create(environment.get("AGENTBUS_URL")), environment.get("AGENTBUS_TOKEN")), job);
    switch (args[0]) {
      case "coordinator" -> new Coordinator(step).work();
      case "devops" -> new Devops(step).work();
      case "auditor" -> new Auditor(step).work();
      case "publisher" -> new Publisher(step).work();
      default -> throw new IllegalArgumentException("the demo has no agent '" + args[0] + "'");
    }
  }

  JsonNode job() {
    return job;
  }

  String subject() {
    return job.get("subject").asText();
  }

  JsonNode payload() {
    return job.get("payload");
  }

  String id() {
    return job.get("id").asText();
  }

  /** An empty JSON object. */
  static ObjectNode object() {
    return Trees.MAPPER.createObjectNode();
  }

  /** The input of a verb on this attempt: job and fence. */
  ObjectNode attempt() {
    return object().put("job_id", id()).put("fence", job.get("fence").asLong());
  }

  JsonNode call(String operation, ObjectNode input) throws CallFailed {
    return node.call(operation, input, PATIENCE);
  }

  /** Ends the job as done. */
  void complete(ObjectNode result, String summary) throws CallFailed {
    var input = attempt().put("summary", summary);
    input.set("result", result);
    call("complete_job", input);
  }

  /** Runs a program of this machine and answers what it printed; fails when it fails. */
  static String run(String... command) throws IOException, InterruptedException {
    var outcome = Program.run(command);
    if (outcome.exit() != 0) {
      throw new IOException(String.join(" ", command) + " exited " + outcome.exit() + ": " + outcome.output());
    }
    return outcome.output();
  }
}
