package io.agentbus.door.mcp.conformance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.rpc.Frames;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.op.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One task: it waits, asks, and ends. */
final class FixtureTask {
  private final String id = UUID.randomUUID().toString();
  private final Instant created = Instant.now();
  private final Map<String, ObjectNode> open;
  private final ObjectNode answers = Json.MAPPER.createObjectNode();
  private final Function<ObjectNode, ObjectNode> end;
  private String status = "working";
  private Instant updated = created;
  private @Nullable ObjectNode result;
  private @Nullable ObjectNode error;

  FixtureTask(Map<String, ObjectNode> questions, Function<ObjectNode, ObjectNode> end) {
    this.open = new LinkedHashMap<>(questions);
    this.end = end;
  }

  String id() {
    return id;
  }

  void start(int millis) {
    Thread.ofVirtual().start(() -> run(millis));
  }

  private synchronized void run(int millis) {
    try {
      await(millis);
      if (!open.isEmpty()) {
        to("input_required");
      }
      while (status.equals("input_required") && !open.isEmpty()) {
        wait();
      }
      if (!status.equals("cancelled")) {
        result = end.apply(answers);
        to("completed");
      }
    } catch (RpcError broken) {
      error = Frames.body(broken);
      to("failed");
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
  }

  private void await(int millis) throws InterruptedException {
    var until = System.nanoTime() + millis * 1_000_000L;
    for (var left = millis * 1_000_000L; left > 0 && status.equals("working"); left = until - System.nanoTime()) {
      wait(left / 1_000_000 + 1);
    }
  }

  private void to(String next) {
    status = next;
    updated = Instant.now();
  }

  synchronized void answer(ObjectNode given) {
    given.properties().forEach(answer -> {
      if (open.remove(answer.getKey()) != null) {
        answers.set(answer.getKey(), answer.getValue());
      }
    });
    notifyAll();
  }

  synchronized void cancel() {
    if (status.equals("working") || status.equals("input_required")) {
      to("cancelled");
      notifyAll();
    }
  }

  /** What every form of it says. */
  synchronized ObjectNode summary() {
    return Json.MAPPER.createObjectNode().put("taskId", id).put("status", status).put("createdAt", created.toString())
        .put("lastUpdatedAt", updated.toString()).put("ttlMs", 600_000).put("pollIntervalMs", 100);
  }

  synchronized ObjectNode detail() {
    var detail = summary();
    if (status.equals("input_required")) {
      var asked = detail.putObject("inputRequests");
      open.forEach(asked::set);
    }
    if (result != null) {
      detail.set("result", result);
    }
    if (error != null) {
      detail.set("error", error);
    }
    return detail;
  }
}
