package io.agentbus.door.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Catalogue;
import io.agentbus.op.Json;
import io.agentbus.op.OpenApiDocument;
import java.nio.charset.StandardCharsets;

/** What {@code /openapi.json} holds: every operation, and the stream that is none. */
final class ApiDocument {
  static final String PATH = "/openapi.json";
  private static final String PROBLEM = "#/components/responses/Problem";

  private ApiDocument() {}

  static byte[] of(Catalogue catalogue) {
    var version = ApiDocument.class.getPackage().getImplementationVersion();
    var document = OpenApiDocument.of(catalogue.operations(), version == null ? "0" : version, catalogue.limits());
    addStream((ObjectNode) document.get("paths"));
    addSubscriptionStream((ObjectNode) document.get("paths"));
    return document.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void addStream(ObjectNode paths) {
    var stream = paths.putObject(RestDoor.BASE + EventStream.PATH).putObject("get")
        .put("operationId", "stream_events")
        .put("summary", "Streams events as they come.")
        .put("description", "Streams events as they come, as server-sent events. The id of each is its position: a"
            + " client that comes back with Last-Event-ID misses none. An event 'reset' says that some between are no"
            + " longer kept; an event 'end' that the token has ended. Needs the right 'read'.");
    stream.putArray("tags").add("events");
    var parameters = stream.putArray("parameters");
    parameters.add(parameter("namespace", "query", "Namespace filter, exact unless it holds * or **."));
    parameters.add(parameter("topic", "query", "Topic filter, exact unless it holds * or **."));
    parameters.add(parameter("source_agent", "query", "Only events that this agent emitted."));
    parameters.add(parameter("source_job_id", "query", "Only events emitted for this job."));
    parameters.add(parameter("after", "query", "Position to go on from; absent = from now on."));
    parameters.add(parameter("Last-Event-ID", "header", "The same as after, as browsers send it."));
    answers(stream, 400, 401, 403, 404, 429, 500, 503);
  }

  private static void addSubscriptionStream(ObjectNode paths) {
    var stream = paths.putObject(RestDoor.BASE + EventStream.SUBSCRIPTION_PATH).putObject("get")
        .put("operationId", "stream_subscription")
        .put("summary", "Streams the events of a subscription as they come.")
        .put("description", "Streams the events that a subscription to sse means, as stream_events does. Without Last-Event-ID it goes"
            + " on where the connection before it came to, and some events may come twice. Needs the right 'read'.");
    stream.putArray("tags").add("event-subscriptions");
    var parameters = stream.putArray("parameters");
    parameters.add(parameter("subscription_id", "path", "Id of the subscription.").put("required", true));
    parameters.add(parameter("Last-Event-ID", "header", "The id of the last event that the client has."));
    answers(stream, 400, 401, 403, 404, 409, 429, 500, 503);
  }

  private static void answers(ObjectNode stream, int... statuses) {
    var responses = stream.putObject("responses");
    responses.putObject("200").put("description", "The stream, which goes on until either side ends it.")
        .putObject("content").putObject("text/event-stream").putObject("schema").put("type", "string");
    for (var status : statuses) {
      responses.putObject(Integer.toString(status)).put("$ref", PROBLEM + status);
    }
  }

  private static ObjectNode parameter(String name, String place, String description) {
    var parameter = Json.MAPPER.createObjectNode().put("name", name).put("in", place).put("required", false)
        .put("description", description);
    parameter.putObject("schema").put("type", "string").put("maxLength", 512);
    return parameter;
  }
}
