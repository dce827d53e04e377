package io.agentbus.door.mcp.modern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.content.Content;
import io.agentbus.door.mcp.content.Follower;
import io.agentbus.door.mcp.content.Methods;
import io.agentbus.door.mcp.content.Notice;
import io.agentbus.door.mcp.content.Wish;
import io.agentbus.door.mcp.rpc.Frames;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.door.mcp.rpc.RpcMessage.Request;
import io.agentbus.door.mcp.wire.Bell;
import io.agentbus.door.mcp.wire.Callers;
import io.agentbus.door.mcp.wire.Notices;
import io.agentbus.http.Exchange;
import io.agentbus.http.SseWriter;
import io.agentbus.op.Json;
import java.util.ArrayList;
import java.util.List;

/** The answer to {@code subscriptions/listen}: a stream that tells of changes until either side ends it. */
final class ListenStream {
  static final String SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId";

  private final Exchange exchange;
  private final Content content;
  private final Callers callers;
  private final ResultForm form;

  ListenStream(Exchange exchange, Content content, Callers callers, ResultForm form) {
    this.exchange = exchange;
    this.content = content;
    this.callers = callers;
    this.form = form;
  }

  void run(Asker asker, Request request) throws InterruptedException {
    var wish = wish(asker, Methods.object(request.params(), "notifications"));
    try (var bell = new Bell(); var _ = exchange.scope().onOver(bell::close);
        var follower = content.follow(asker, wish, bell::ring)) {
      try (var events = SseWriter.open(exchange)) {
        send(events, request.id(), "notifications/subscriptions/acknowledged", agreed(wish, follower.agreed()));
        follow(events, request.id(), follower, bell, callers.watch(exchange, asker.caller()));
        events.farewell(null, Frames.result(request.id(), form.endOf(request.id())));
      }
    }
  }

  private void follow(SseWriter events, JsonNode id, Follower follower, Bell bell, Callers.Watch token)
      throws InterruptedException {
    while (!exchange.scope().over() && token.isGood()) {
      for (var notice : follower.next()) {
        send(events, id, Notices.method(notice), Notices.params(notice));
      }
      if (!bell.await(SseWriter.KEEP_ALIVE.toMillis())) {
        events.keepAlive(null);
      }
    }
  }

  private static void send(SseWriter events, JsonNode id, String method, ObjectNode params) {
    var marked = params.deepCopy();
    marked.withObjectProperty("_meta").set(SUBSCRIPTION, id);
    events.event(null, null, Frames.notification(method, marked));
    events.flush();
  }

  private static Wish wish(Asker asker, ObjectNode filter) {
    var tasks = texts(filter, "taskIds");
    if (!tasks.isEmpty() && !asker.takesTasks()) {
      throw RpcError.missingCapability(Asker.tasksCapability());
    }
    var uris = texts(filter, "resourceSubscriptions");
    if (uris.size() + tasks.size() > Wish.MOST) {
      throw RpcError.invalidParams("One stream tells of at most " + Wish.MOST + " resources and tasks.");
    }
    return new Wish(filter.path("toolsListChanged").asBoolean(), filter.path("promptsListChanged").asBoolean(),
        filter.path("resourcesListChanged").asBoolean(), uris, tasks);
  }

  private static List<String> texts(ObjectNode filter, String name) {
    var texts = new ArrayList<String>();
    for (var text : filter.path(name)) {
      if (!text.isTextual()) {
        throw RpcError.invalidParams("params.notifications." + name + " is a list of texts.");
      }
      texts.add(text.textValue());
    }
    return texts;
  }

  private static ObjectNode agreed(Wish asked, Wish agreed) {
    var params = Json.MAPPER.createObjectNode();
    var filter = params.putObject("notifications");
    if (agreed.toolsChange()) {
      filter.put("toolsListChanged", true);
    }
    if (agreed.promptsChange()) {
      filter.put("promptsListChanged", true);
    }
    if (agreed.resourcesChange()) {
      filter.put("resourcesListChanged", true);
    }
    if (!asked.uris().isEmpty()) {
      agreed.uris().forEach(filter.putArray("resourceSubscriptions")::add);
    }
    if (!asked.taskIds().isEmpty()) {
      agreed.taskIds().forEach(filter.putArray("taskIds")::add);
    }
    return params;
  }
}
