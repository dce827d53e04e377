package io.agentbus.door.mcp.bus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.content.Outcome;
import io.agentbus.door.mcp.content.Results;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.op.EventFeed;
import io.agentbus.op.Json;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What can be read: jobs, events, health, and the words of the bus. */
final class BusResources {
  static final String HEALTH = "agentbus://health";
  static final String EVENTS = "agentbus://events";
  static final String GLOSSARY = "agentbus://glossary";
  private static final String EVENT = "agentbus://events/";
  static final String JOB_TEMPLATE = "agentbus://jobs/{job_id}";
  static final String TIMELINE_TEMPLATE = "agentbus://jobs/{job_id}/timeline";
  static final String EVENT_TEMPLATE = "agentbus://events/{event_id}";
  private static final String JSON = "application/json";
  private static final String MARKDOWN = "text/markdown";
  /** How far back the newest events are looked for, and how many are shown. */
  private static final int LOOK_BACK = 2_000;
  private static final int NEWEST = 100;

  private final Operations operations;
  private final EventFeed feed;

  BusResources(Operations operations, EventFeed feed) {
    this.operations = operations;
    this.feed = feed;
  }

  List<ObjectNode> all(Asker asker) {
    var all = new ArrayList<ObjectNode>();
    if (asker.caller().may(Right.READ)) {
      all.add(resource(HEALTH, "health", "Health", "Whether the bus is well, and what is wrong.", JSON));
      all.add(resource(EVENTS, "events", "Events", "The newest events that the token may see, oldest first.", JSON));
    }
    all.add(resource(GLOSSARY, "glossary", "Glossary", "What the words of the bus mean.", MARKDOWN));
    return all;
  }

  List<ObjectNode> templates(Asker asker) {
    return !asker.caller().may(Right.READ) ? List.of() : List.of(
        template(JOB_TEMPLATE, "job", "Job", "A job as it is."),
        template(TIMELINE_TEMPLATE, "job_timeline", "Timeline", "Everything that happened to a job."),
        template(EVENT_TEMPLATE, "event", "Event", "An event."));
  }

  private static ObjectNode resource(String uri, String name, String title, String description, String type) {
    return Json.MAPPER.createObjectNode().put("uri", uri).put("name", name).put("title", title)
        .put("description", description).put("mimeType", type);
  }

  private static ObjectNode template(String uri, String name, String title, String description) {
    return Json.MAPPER.createObjectNode().put("uriTemplate", uri).put("name", name).put("title", title)
        .put("description", description).put("mimeType", JSON);
  }

  Outcome read(Asker asker, String uri) {
    try {
      return new Outcome.Done(switch (uri) {
        case GLOSSARY -> Results.resource(uri, MARKDOWN, glossary());
        case HEALTH -> json(asker, uri, "health", Json.MAPPER.createObjectNode());
        case EVENTS -> Results.resource(uri, JSON, events(asker));
        default -> one(asker, uri);
      });
    } catch (ProblemException refusal) {
      throw refusal.code() == ProblemCode.NOT_FOUND || refusal.code() == ProblemCode.INVALID_INPUT
          ? RpcError.noSuchResource(uri) : refusal;
    }
  }

  private ObjectNode one(Asker asker, String uri) {
    var job = JobUri.of(uri);
    if (job != null) {
      return json(asker, uri, job.timeline() ? "job_timeline" : "get_job", Operations.job(job.id().toString()));
    }
    if (uri.startsWith(EVENT)) {
      return json(asker, uri, "get_event", Json.MAPPER.createObjectNode().put("event_id", uri.substring(EVENT.length())));
    }
    throw RpcError.noSuchResource(uri);
  }

  private ObjectNode json(Asker asker, String uri, String operation, ObjectNode input) {
    var reply = operations.invoke(asker, operation, input, null);
    return Results.resource(uri, JSON, new String(reply.json(), StandardCharsets.UTF_8));
  }

  private String events(Asker asker) {
    var input = Json.MAPPER.createObjectNode().put("after_position", Math.max(0, feed.newest() - LOOK_BACK))
        .put("limit", operations.catalogue().limits().pageMax());
    var items = operations.call(asker, "list_events", input).withArrayProperty("items");
    while (items.size() > NEWEST) {
      items.remove(0);
    }
    return Json.text(items);
  }

  private static String glossary() {
    try (var file = BusResources.class.getResourceAsStream("/docs/glossary.md")) {
      if (file == null) {
        throw new IllegalStateException("docs/glossary.md is not in the program");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
