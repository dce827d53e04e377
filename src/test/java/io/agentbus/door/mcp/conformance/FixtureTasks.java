package io.agentbus.door.mcp.conformance;

import static io.agentbus.door.mcp.conformance.FixtureTool.of;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.content.Outcome;
import io.agentbus.door.mcp.content.Results;
import io.agentbus.door.mcp.content.Tasks;
import io.agentbus.door.mcp.content.Work;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.op.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Tools that go on as tasks, kept in memory. */
final class FixtureTasks implements Tasks {
  private final Map<String, FixtureTask> tasks = new ConcurrentHashMap<>();

  List<FixtureTool> tools() {
    return List.of(
        of("slow_compute", "Takes its time.", "{'seconds': {'type': 'number'}, 'label': {'type': 'string'}}",
            (work, arguments) -> {
              var millis = (int) (arguments.path("seconds").asDouble() * 1_000);
              return began(work, millis, Map.of(), answers -> Results.text("Computed for " + millis + " ms."));
            }),
        required("failing_job", answers -> Results.failure("This job fails.")),
        required("protocol_error_job", answers -> {
          throw RpcError.of(RpcError.INTERNAL, 200, "This job breaks.", null);
        }),
        of("confirm_delete", "Asks before it deletes.", "{'filename': {'type': 'string'}}",
            (work, arguments) -> began(work, 50, Map.of("confirm", AskingTools.form("Delete it?",
                "{'confirm': {'type': 'boolean'}}", "confirm")), answers -> Results.text("Deleted."))),
        of("multi_input", "Asks two things at once.", (work, arguments) -> {
          var questions = new LinkedHashMap<String, ObjectNode>();
          questions.put("first", AskingTools.name());
          questions.put("second", AskingTools.name());
          return began(work, 50, questions, answers -> Results.text("Both are known."));
        }),
        of("test_tool_with_task", "Asks, then takes its time.", (work, arguments) -> {
          needTasks(work);
          var name = work.answers().at("/user_name/content/name").asText();
          return work.answers().has("user_name")
              ? began(work, 100, Map.of(), answers -> Results.text("Hello, " + name + "!"))
              : new Outcome.NeedsInput(Map.of("user_name", AskingTools.name()), null);
        }));
  }

  private FixtureTool required(String name, Function<ObjectNode, ObjectNode> end) {
    return of(name, "Runs as a task only.", (work, arguments) -> {
      needTasks(work);
      return began(work, 1_000, Map.of(), end);
    });
  }

  private static void needTasks(Work work) {
    if (!work.asker().takesTasks()) {
      throw RpcError.missingCapability(Asker.tasksCapability());
    }
  }

  /** Begins a task, or does it at once for a client that takes none. */
  private Outcome began(Work work, int millis, Map<String, ObjectNode> questions, Function<ObjectNode, ObjectNode> end)
      throws InterruptedException {
    if (!work.asker().takesTasks()) {
      if (questions.keySet().stream().allMatch(work.answers()::has)) {
        PlainTools.pause(millis);
        return new Outcome.Done(end.apply(work.answers()));
      }
      return new Outcome.NeedsInput(questions, null);
    }
    var task = new FixtureTask(questions, end);
    tasks.put(task.id(), task);
    task.start(millis);
    return new Outcome.Began(task.summary());
  }

  private FixtureTask find(String id) {
    var task = tasks.get(id);
    if (task == null) {
      throw RpcError.invalidParams("There is no such task.");
    }
    return task;
  }

  @Override
  public ObjectNode get(Asker asker, String taskId) {
    return find(taskId).detail();
  }

  @Override
  public void update(Asker asker, String taskId, ObjectNode answers) {
    find(taskId).answer(answers);
  }

  @Override
  public void cancel(Asker asker, String taskId) {
    find(taskId).cancel();
  }
}
