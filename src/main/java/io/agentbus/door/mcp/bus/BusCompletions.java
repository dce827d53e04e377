package io.agentbus.door.mcp.bus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.door.mcp.rpc.Shortened;
import io.agentbus.op.EventFeed;
import io.agentbus.op.Json;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What may come behind what was typed: names of agents and namespaces, ids of jobs and events. */
final class BusCompletions {
  /** How far back events are looked for. */
  private static final int LOOK_BACK = 500;

  private final Operations operations;
  private final EventFeed feed;

  BusCompletions(Operations operations, EventFeed feed) {
    this.operations = operations;
    this.feed = feed;
  }

  List<String> of(Asker asker, String kind, String of, String argument, String typed) {
    var values = switch (kind.equals("ref/prompt") ? of + " " + argument : of) {
      case BusPrompts.CONTRACT + " " + BusPrompts.AGENT -> agents(asker).map(agent -> agent.path("name").asText());
      case BusPrompts.CONTRACT + " " + BusPrompts.NAMESPACE -> namespaces(asker);
      case BusResources.JOB_TEMPLATE, BusResources.TIMELINE_TEMPLATE -> ids("list_jobs", asker, page());
      case BusResources.EVENT_TEMPLATE ->
          ids("list_events", asker, page().put("after_position", Math.max(0, feed.newest() - LOOK_BACK)));
      default -> throw RpcError.invalidParams("There is nothing to complete for " + Shortened.of(of) + ".");
    };
    return values.filter(value -> value.startsWith(typed)).distinct().toList();
  }

  private ObjectNode page() {
    return Json.MAPPER.createObjectNode().put("limit", operations.catalogue().limits().pageMax());
  }

  private Stream<JsonNode> items(String operation, Asker asker, ObjectNode input) {
    return StreamSupport.stream(operations.call(asker, operation, input).path("items").spliterator(), false);
  }

  private Stream<String> ids(String operation, Asker asker, ObjectNode input) {
    return items(operation, asker, input).map(item -> item.path("id").asText());
  }

  private Stream<JsonNode> agents(Asker asker) {
    return items("list_agents", asker, page());
  }

  private Stream<String> namespaces(Asker asker) {
    var own = Stream.concat(Stream.of(asker.caller().home()), asker.caller().namespaces().stream()).map(Object::toString);
    return Stream.concat(own, agents(asker).map(agent -> agent.path("namespace").asText()));
  }
}
