package io.agentbus.door.mcp.bus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.content.Tasks;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.time.OffsetDateTime;
import java.util.UUID;

/** Jobs as tasks: the task's id is the job's, and what a blocked job needs is a question. */
final class JobTasks implements Tasks {
  private static final int POLL_MILLIS = 2_000;
  private static final String ANSWER = "answer";

  private final Operations operations;

  JobTasks(Operations operations) {
    this.operations = operations;
  }

  @Override
  public ObjectNode get(Asker asker, String taskId) {
    return detail(asker, find(asker, taskId));
  }

  /** Any accepted answer to what the job needs now unblocks it; the answer is the reason that its worker finds. */
  @Override
  public void update(Asker asker, String taskId, ObjectNode answers) {
    var job = find(asker, taskId);
    var answer = answers.path(question(job));
    if (status(job).equals("input_required") && answer.path("action").asText().equals("accept")) {
      var content = answer.path("content");
      var reason = content.path(ANSWER).isTextual() ? content.get(ANSWER).textValue() : Json.text(content);
      change(asker, "unblock_job", taskId, reason);
    }
  }

  @Override
  public void cancel(Asker asker, String taskId) {
    var job = find(asker, taskId);
    if (!JobWatch.hasEnded(job)) {
      change(asker, "cancel_job", taskId, "tasks/cancel");
    }
  }

  private void change(Asker asker, String operation, String id, String reason) {
    try {
      operations.invoke(asker, operation, Operations.job(id).put("reason", reason), null);
    } catch (ProblemException refusal) {
      // It has gone on meanwhile: tasks/get tells where.
      if (refusal.code() == ProblemCode.FORBIDDEN) {
        throw RpcError.invalidParams(refusal.getMessage());
      }
      if (refusal.code() != ProblemCode.INVALID_TRANSITION) {
        throw refusal;
      }
    }
  }

  private ObjectNode find(Asker asker, String id) {
    try {
      // Anything else is no id that we gave.
      return operations.call(asker, "get_job", Operations.job(UUID.fromString(id).toString()));
    } catch (IllegalArgumentException noUuid) {
      throw unknown();
    } catch (ProblemException refusal) {
      throw refusal.code() == ProblemCode.NOT_FOUND ? unknown() : refusal;
    }
  }

  private static RpcError unknown() {
    return RpcError.invalidParams("There is no such task here.");
  }

  /** What every form of a task says. */
  ObjectNode summary(ObjectNode job) {
    return Json.MAPPER.createObjectNode()
        .put("taskId", job.path("id").asText())
        .put("status", status(job))
        .put("statusMessage", message(job))
        .put("createdAt", job.path("created_at").asText())
        .put("lastUpdatedAt", job.path("updated_at").asText())
        .putNull("ttlMs")
        .put("pollIntervalMs", POLL_MILLIS);
  }

  /** With what it asks, or what came of it. */
  ObjectNode detail(Asker asker, ObjectNode job) {
    var task = summary(job);
    switch (status(job)) {
      case "input_required" -> {
        var questions = task.putObject("inputRequests");
        if (asker.answers("elicitation/create")) {
          questions.set(question(job), form(job));
        }
      }
      case "completed" -> task.set("result", ToolResults.endedJob(job));
      default -> { }
    }
    return task;
  }

  private static String status(ObjectNode job) {
    return switch (job.path("status").asText()) {
      case "blocked" -> "input_required";
      case "succeeded", "failed", "dead" -> "completed";
      case "cancelled" -> "cancelled";
      default -> "working";
    };
  }

  private static String message(ObjectNode job) {
    var status = job.path("status").asText();
    return switch (status) {
      case "leased", "running" -> status + " by " + job.path("lease_owner").asText("an agent");
      case "blocked" -> "blocked: " + job.path("blocked_reason").asText() + needs(job) + ". unblock_job lets it go on.";
      case "failed", "dead" -> status + ": " + job.path("last_error").asText("no reason given");
      case "succeeded" -> job.path("summary").asText(status);
      default -> status;
    };
  }

  private static String needs(ObjectNode job) {
    var needs = job.path("needs").isTextual() ? "; needs " + job.get("needs").textValue() : "";
    return job.path("needs_from").isTextual() ? needs + " from " + job.get("needs_from").textValue() : needs;
  }

  /** Another one each time that the job is blocked: no question may be asked twice. */
  private static String question(ObjectNode job) {
    var since = OffsetDateTime.parse(job.path("updated_at").asText()).toInstant();
    return "unblock-" + since.getEpochSecond() + "-" + since.getNano() / 1_000;
  }

  private static ObjectNode form(ObjectNode job) {
    var question = Json.MAPPER.createObjectNode().put("method", "elicitation/create");
    var schema = question.putObject("params")
        .put("message", "The job '" + job.path("subject").asText() + "' is blocked: " + job.path("blocked_reason").asText()
            + needs(job) + ".")
        .putObject("requestedSchema").put("type", "object");
    schema.putObject("properties").putObject(ANSWER).put("type", "string").put("title", "Answer")
        .put("description", "What the job needs to go on; its worker will read it.").put("maxLength", 4_000);
    schema.putArray("required").add(ANSWER);
    return question;
  }
}
