package io.agentbus.door.mcp.bus;

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
import io.agentbus.op.Catalogue;
import io.agentbus.op.EventFeed;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything that the bus offers over MCP. */
public final class BusContent implements Content {
  private final About about;
  private final OperationTools tools;
  private final JobTasks tasks;
  private final JobWatch jobs;
  private final EventFeed feed;
  private final BusResources resources;
  private final BusPrompts prompts = new BusPrompts();
  private final BusCompletions completions;

  /**
   * @param feed tells of what changes
   * @param version of the program
   */
  public BusContent(Catalogue catalogue, EventFeed feed, String version) {
    var operations = new Operations(catalogue);
    this.about = new About("agentbus", "agentbus", version, BusPrompts.INSTRUCTIONS, false);
    this.feed = feed;
    this.jobs = new JobWatch(operations, feed);
    this.tasks = new JobTasks(operations);
    this.tools = new OperationTools(operations, feed, jobs, tasks);
    this.resources = new BusResources(operations, feed);
    this.completions = new BusCompletions(operations, feed);
  }

  @Override
  public About about() {
    return about;
  }

  @Override
  public String view(Caller caller, Map<String, List<String>> parameters) {
    return Toolset.in(caller, parameters).wire();
  }

  @Override
  public List<ObjectNode> tools(Asker asker) {
    return tools.visibleTo(asker);
  }

  @Override
  public @Nullable ObjectNode tool(Asker asker, String name) {
    return tools.find(asker, name);
  }

  @Override
  public Outcome call(Work work, String name, ObjectNode arguments) {
    return tools.call(work, name, arguments);
  }

  @Override
  public List<ObjectNode> resources(Asker asker) {
    return resources.all(asker);
  }

  @Override
  public List<ObjectNode> resourceTemplates(Asker asker) {
    return resources.templates(asker);
  }

  @Override
  public Outcome read(Work work, String uri) {
    return resources.read(work.asker(), uri);
  }

  @Override
  public List<ObjectNode> prompts(Asker asker) {
    return prompts.all();
  }

  @Override
  public Outcome prompt(Work work, String name, ObjectNode arguments) {
    return prompts.get(name, arguments);
  }

  @Override
  public List<String> complete(Asker asker, String kind, String of, String argument, String value) {
    return completions.of(asker, kind, of, argument, value);
  }

  @Override
  public Tasks tasks() {
    return tasks;
  }

  @Override
  public Follower follow(Asker asker, Wish wish, Runnable wake) {
    return new BusFollower(asker, wish, wake, feed, jobs, tasks);
  }
}
