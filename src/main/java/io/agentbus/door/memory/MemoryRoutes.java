package io.agentbus.door.memory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemException;
import java.util.List;

/** The paths of ai-memory v0.6.3.1 that are spoken here, as their clients know them. */
final class MemoryRoutes {
  /** The first segments of them all, which are mounted. */
  static final List<String> ROOTS = List.of("/memories", "/search", "/recall", "/links", "/kg", "/pending", "/notify", "/inbox", "/subscriptions", "/capabilities",
      "/namespaces");

  static final List<MemoryRoute> ALL = List.of(
      MemoryRoute.of("POST", "/memories", "memory_store", 201),
      MemoryRoute.of("GET", "/memories", "memory_list", 200).telling(answer -> only(answer, "memories", "count", "truncated")),
      MemoryRoute.of("GET", "/memories/{id}", "memory_get", 200).telling(MemoryRoutes::withLinksBeside),
      MemoryRoute.of("PUT", "/memories/{id}", "memory_update", 200).telling(answer -> answer.path("memory")),
      MemoryRoute.of("DELETE", "/memories/{id}", "memory_delete", 200).telling(answer -> only(answer, "deleted")),
      MemoryRoute.of("POST", "/memories/{id}/promote", "memory_promote", 200),
      MemoryRoute.of("GET", "/search", "memory_search", 200).asking((sent, headers) -> renamed(sent, "q", "query"))
          .telling((sent, answer) -> only(answer, "results", "count", "truncated").set("query", sent.path("query"))),
      MemoryRoute.of("GET", "/recall", "memory_recall", 200),
      MemoryRoute.of("POST", "/recall", "memory_recall", 200),
      MemoryRoute.of("POST", "/links", "memory_link", 201),
      MemoryRoute.of("GET", "/links/{id}", "memory_get", 200).telling(MemoryRoutes::links),
      MemoryRoute.of("GET", "/kg/timeline", "memory_kg_timeline", 200),
      MemoryRoute.of("POST", "/kg/query", "memory_kg_query", 200),
      MemoryRoute.of("POST", "/kg/invalidate", "memory_kg_invalidate", 200),
      MemoryRoute.of("GET", "/pending", "memory_pending_list", 200),
      MemoryRoute.of("POST", "/pending/{id}/approve", "memory_pending_approve", 200),
      MemoryRoute.of("POST", "/pending/{id}/reject", "memory_pending_reject", 200),
      MemoryRoute.of("POST", "/notify", "memory_notify", 201).asking((sent, headers) -> renamed(sent, "content", "payload")),
      MemoryRoute.of("GET", "/inbox", "memory_inbox", 200),
      MemoryRoute.of("POST", "/subscriptions", "memory_subscribe", 201).asking((sent, headers) -> forItself(renamed(sent, "namespace", "namespace_filter"))),
      MemoryRoute.of("GET", "/subscriptions", "memory_list_subscriptions", 200).asking((sent, headers) -> forItself(sent))
          .telling(MemoryRoutes::withOtherNames),
      MemoryRoute.of("DELETE", "/subscriptions", "memory_unsubscribe", 200),
      MemoryRoute.of("GET", "/capabilities", "memory_capabilities", 200).asking((sent, headers) -> {
        var accept = headers.get("Accept-Capabilities");
        return accept == null || sent.has("accept") ? sent : sent.put("accept", accept.strip());
      }),
      MemoryRoute.of("POST", "/namespaces/{namespace}/standard", "memory_namespace_set_standard", 200));

  private MemoryRoutes() {}

  /** A field that ai-memory's HTTP interface knows by another name than its tools. */
  private static ObjectNode renamed(ObjectNode sent, String from, String to) {
    if (!sent.has(from)) {
      return sent;
    }
    if (sent.has(to)) {
      throw ProblemException.invalid("/" + from, "is another name of " + to + ", which is given too");
    }
    sent.set(to, sent.remove(from));
    return sent;
  }

  /** Whoever subscribes is the token's agent: naming it again changes nothing, which the door has made sure of. */
  private static ObjectNode forItself(ObjectNode sent) {
    sent.remove("agent_id");
    return sent;
  }

  /** ai-memory tells the filter and the owner a second time by other names. */
  private static JsonNode withOtherNames(JsonNode answer) {
    answer.path("subscriptions").forEach(one -> {
      ((ObjectNode) one).set("namespace", one.path("namespace_filter"));
      ((ObjectNode) one).set("agent_id", one.path("agent_filter").isNull() ? one.path("created_by") : one.path("agent_filter"));
    });
    return answer;
  }

  private static ObjectNode only(JsonNode answer, String... fields) {
    return ((ObjectNode) answer).retain(fields);
  }

  private static JsonNode withLinksBeside(JsonNode answer) {
    var links = ((ObjectNode) answer).remove("links");
    var told = Json.MAPPER.createObjectNode();
    told.set("memory", answer);
    return told.set("links", links);
  }

  private static JsonNode links(JsonNode answer) {
    var links = answer.path("links");
    return Json.MAPPER.createObjectNode().<ObjectNode>set("links", links).put("count", links.size());
  }
}
