package io.agentbus.door.mcp.bus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.content.Results;
import io.agentbus.http.ProblemAnswer;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Answers and refusals of operations as results of tools. */
final class ToolResults {
  private static final String PROBLEM = "io.agentbus/problem";

  private static final Pattern SAYS_ITSELF = Pattern.compile("[A-Z]+: ");

  private ToolResults() {}

  /** An answer: the same JSON as text, for models, and as structured content. */
  static ObjectNode answer(byte[] json) {
    var text = new String(json, StandardCharsets.UTF_8);
    var result = Results.text(text);
    result.set("structuredContent", Json.raw(text));
    return result;
  }

  /** A job that was waited for, or is a task that has ended: one that ended badly is an error that is told in words. */
  static ObjectNode endedJob(ObjectNode job) {
    var text = Json.text(job);
    var result = Json.MAPPER.createObjectNode();
    var status = job.path("status").asText();
    var badly = switch (status) {
      case "failed", "dead", "cancelled" -> true;
      default -> false;
    };
    var content = result.putArray("content");
    if (badly) {
      var why = job.path("last_error").isTextual() ? ": " + job.get("last_error").textValue() : ".";
      content.add(Results.textBlock("The job is " + status + why));
    }
    content.add(Results.textBlock(text));
    result.set("structuredContent", Json.raw(text));
    return badly ? result.put("isError", true) : result;
  }

  /**
   * A refusal. The text has the code, what is wrong and what to do; the problem itself stands in {@code _meta}, because
   * clients hold structured content to the tool's output schema even when it is an error.
   */
  static ObjectNode refusal(Asker asker, ProblemException problem) {
    // What says in capitals what it is, is told as it stands: clients of ai-memory look for CONFLICT at the start.
    var words = new StringBuilder(SAYS_ITSELF.matcher(problem.getMessage()).lookingAt() ? "" : problem.code().wire() + ": ").append(problem.getMessage());
    if (problem.errors().size() > 1) {
      problem.errors().forEach(error -> words.append("\n- ").append(error.pointer()).append(' ').append(error.detail()));
    }
    words.append('\n').append(problem.code().remedy());
    var body = Json.raw(new String(ProblemAnswer.body(problem, asker.requestId(), null), StandardCharsets.UTF_8));
    var result = Results.failure(words.toString());
    result.putObject("_meta").set(PROBLEM, body);
    return result;
  }
}
