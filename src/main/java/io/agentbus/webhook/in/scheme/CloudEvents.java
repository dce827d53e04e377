package io.agentbus.webhook.in.scheme;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.http.JsonBody;
import io.agentbus.http.MediaTypes;
import io.agentbus.http.QueryString;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The HTTP binding of CloudEvents 1.0. Whichever way an event came, its payload is the event as structured JSON. */
final class CloudEvents {
  static final String STRUCTURED = "application/cloudevents+json";
  static final String BATCH = "application/cloudevents-batch+json";
  static final int MOST_IN_BATCH = 1_000;
  private static final String PREFIX = "ce-";
  private static final List<String> ATTRIBUTES = List.of("id", "source", "type");
  private static final int LONGEST_ATTRIBUTE = 1_000;
  private static final Set<String> BODY = Set.of("data", "data_base64", "datacontenttype");

  private CloudEvents() {}

  static boolean isOne(Received request) {
    var type = request.mediaType();
    return type.equals(STRUCTURED) || type.equals(BATCH) || request.headers().names().contains("ce-specversion");
  }

  /** Whether the request's Content-Type says that its body is one or several. */
  static boolean isBody(Received request) {
    return request.mediaType().equals(STRUCTURED) || request.mediaType().equals(BATCH);
  }

  /** Whether JSON is an event, or a list of nothing but events, by what it holds itself. */
  static boolean looksLikeOne(JsonNode body) {
    if (body.isArray()) {
      return !body.isEmpty() && StreamSupport.stream(body.spliterator(), false).allMatch(one -> one.isObject() && looksLikeOne(one));
    }
    return "1.0".equals(body.path("specversion").textValue()) && ATTRIBUTES.stream().allMatch(name -> Bodies.text(body, name) != null);
  }

  /**
   * The events of a signed body, told apart by the id that was signed with it and not by their own: a sender that repeats a request repeats
   * that id.
   *
   * @param id of the request; null for a sample that nobody sent
   */
  static Told signed(@Nullable String id, JsonNode body) {
    if (!body.isArray()) {
      return Told.Facts.one(id, fact(body, "").type(), body);
    }
    checkSize(body);
    var facts = new ArrayList<Told.Fact>(body.size());
    for (var i = 0; i < body.size(); i++) {
      // The first is known by the id alone, as the request is in every other form.
      facts.add(new Told.Fact(i == 0 || id == null ? id : id + "." + i, fact(body.get(i), "/" + i).type(), body.get(i)));
    }
    return new Told.Facts(List.copyOf(facts));
  }

  static Told read(Received request) {
    if (request.isLarge()) {
      throw tooLarge();
    }
    return switch (request.mediaType()) {
      case STRUCTURED -> new Told.Facts(List.of(fact(JsonBody.any(request.contentType(), request.body()), "")));
      case BATCH -> batch(JsonBody.any(request.contentType(), request.body()));
      default -> new Told.Facts(List.of(fact(binary(request), "")));
    };
  }

  static ProblemException tooLarge() {
    return ProblemException.of(ProblemCode.PAYLOAD_TOO_LARGE, "CloudEvents have at most " + Received.LARGE + " bytes together.");
  }

  /** All of them or none: one that is wrong refuses the others too. */
  private static Told batch(JsonNode events) {
    checkSize(events);
    var facts = new ArrayList<Told.Fact>(events.size());
    var ids = new HashSet<String>();
    for (var i = 0; i < events.size(); i++) {
      var fact = fact(events.get(i), "/" + i);
      // A repeated event of a batch is the same event, as it would be on its own.
      if (ids.add(String.valueOf(fact.id()))) {
        facts.add(fact);
      }
    }
    return new Told.Facts(List.copyOf(facts));
  }

  private static void checkSize(JsonNode events) {
    if (!events.isArray() || events.isEmpty() || events.size() > MOST_IN_BATCH) {
      throw ProblemException.invalid("", "A batch is an array of 1 to " + MOST_IN_BATCH + " events.");
    }
  }

  private static ObjectNode binary(Received request) {
    var event = Json.MAPPER.createObjectNode();
    for (var name : request.headers().names()) {
      if (name.startsWith(PREFIX)) {
        var value = request.headers().one(name);
        if (value == null) {
          throw ProblemException.invalid("", "The header " + name + " must come once, with a value.");
        }
        event.put(name.substring(PREFIX.length()), decoded(name, value));
      }
    }
    event.remove(BODY);
    var contentType = request.contentType();
    if (contentType != null) {
      event.put("datacontenttype", contentType);
    }
    if (request.body().length > 0) {
      if (contentType == null || MediaTypes.isJson(contentType)) {
        event.set("data", JsonBody.any(contentType == null ? "application/json" : contentType, request.body()));
      } else if (request.mediaType().startsWith("text/")) {
        event.put("data", Bodies.utf8(request.body()));
      } else {
        event.put("data_base64", Base64.getEncoder().encodeToString(request.body()));
      }
    }
    return event;
  }

  private static String decoded(String name, String value) {
    try {
      return QueryString.segment(value);
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid("", "The header " + name + " is not percent-encoded as CloudEvents has it.");
    }
  }

  private static Told.Fact fact(JsonNode event, String pointer) {
    if (!event.isObject()) {
      throw ProblemException.invalid(pointer, "must be a CloudEvent, a JSON object");
    }
    if (!"1.0".equals(event.path("specversion").asText())) {
      throw ProblemException.invalid(pointer + "/specversion", "must be 1.0");
    }
    var id = attribute(event, "id", pointer);
    var source = attribute(event, "source", pointer);
    // Together they name the event; the length keeps apart what a blank in one of them could join.
    return new Told.Fact(source.length() + ":" + source + " " + id, attribute(event, "type", pointer), event);
  }

  private static String attribute(JsonNode event, String name, String pointer) {
    var value = Bodies.text(event, name);
    if (value == null || value.length() > LONGEST_ATTRIBUTE) {
      throw ProblemException.invalid(pointer + "/" + name, "must be text of 1 to " + LONGEST_ATTRIBUTE + " characters");
    }
    return value;
  }
}
