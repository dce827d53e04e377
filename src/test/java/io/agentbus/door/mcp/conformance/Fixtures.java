package io.agentbus.door.mcp.conformance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.About;
import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.content.Content;
import io.agentbus.door.mcp.content.Follower;
import io.agentbus.door.mcp.content.Outcome;
import io.agentbus.door.mcp.content.Tasks;
import io.agentbus.door.mcp.content.Wish;
import io.agentbus.door.mcp.content.Work;
import io.agentbus.op.Caller;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Everything that the scenarios ask for by name. */
final class Fixtures implements Content {
  private final FixtureChanges changes = new FixtureChanges();
  private final FixtureTasks tasks = new FixtureTasks();
  private final FixtureResources resources = new FixtureResources();
  private final FixturePrompts prompts = new FixturePrompts();
  private final Map<String, FixtureTool> tools = new LinkedHashMap<>();

  Fixtures() {
    Stream.of(PlainTools.ALL, AskingTools.ALL, changes.tools(), tasks.tools(), new FixtureTaking().tools()).flatMap(List::stream)
        .forEach(tool -> tools.put(tool.name(), tool));
  }

  @Override
  public About about() {
    return new About("agentbus-conformance", "Fixtures of the conformance suite", "1", "For the conformance suite.", true);
  }

  @Override
  public String view(Caller caller, Map<String, List<String>> parameters) {
    return "";
  }

  @Override
  public List<ObjectNode> tools(Asker asker) {
    return tools.values().stream().map(FixtureTool::description).toList();
  }

  @Override
  public ObjectNode tool(Asker asker, String name) {
    var tool = tools.get(name);
    return tool == null ? null : tool.description();
  }

  @Override
  public Outcome call(Work work, String name, ObjectNode arguments) {
    try {
      return tools.get(name).handler().call(work, arguments);
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(ending);
    }
  }

  @Override
  public List<ObjectNode> resources(Asker asker) {
    return resources.all();
  }

  @Override
  public List<ObjectNode> resourceTemplates(Asker asker) {
    return resources.templates();
  }

  @Override
  public Outcome read(Work work, String uri) {
    return resources.read(uri);
  }

  @Override
  public List<ObjectNode> prompts(Asker asker) {
    return prompts.all();
  }

  @Override
  public Outcome prompt(Work work, String name, ObjectNode arguments) {
    return prompts.get(work, name, arguments);
  }

  @Override
  public List<String> complete(Asker asker, String kind, String of, String argument, String value) {
    return Stream.of("hello", "help", "world").filter(word -> word.startsWith(value)).toList();
  }

  @Override
  public Tasks tasks() {
    return tasks;
  }

  @Override
  public Follower follow(Asker asker, Wish wish, Runnable wake) {
    return changes.follow(wish, wake);
  }
}
