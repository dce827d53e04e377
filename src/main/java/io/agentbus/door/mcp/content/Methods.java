package io.agentbus.door.mcp.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.door.mcp.rpc.Shortened;
import io.agentbus.op.Json;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The methods that both eras have, carried out by content. */
public final class Methods {
  /** Those whose work may wait, ask and report. */
  private static final Set<String> WORKING = Set.of("tools/call", "resources/read", "prompts/get");
  private static final Set<String> LISTING =
      Set.of("tools/list", "resources/list", "resources/templates/list", "prompts/list");
  private static final String COMPLETE = "completion/complete";
  /** Most values that a completion may tell. */
  private static final int MOST_VALUES = 100;

  private final Content content;

  public Methods(Content content) {
    this.content = content;
  }

  /** Whether there is such a method in both eras. */
  public static boolean has(String method) {
    return isWorking(method) || LISTING.contains(method) || method.equals(COMPLETE);
  }

  /** Whether the method is for {@link #work}, not for {@link #answer}. */
  public static boolean isWorking(String method) {
    return WORKING.contains(method);
  }

  /** Answers a method that needs no more than its parameters. */
  public ObjectNode answer(Asker asker, String method, ObjectNode params) {
    if (params.hasNonNull("cursor")) {
      // Every list is one page, so that nobody was ever given one.
      throw RpcError.invalidParams("This cursor is not one of ours.");
    }
    return switch (method) {
      case "tools/list" -> list("tools", content.tools(asker));
      case "resources/list" -> list("resources", content.resources(asker));
      case "resources/templates/list" -> list("resourceTemplates", content.resourceTemplates(asker));
      case "prompts/list" -> list("prompts", content.prompts(asker));
      case COMPLETE -> complete(asker, params);
      default -> throw RpcError.methodNotFound(method);
    };
  }

  /** Carries out a method that may ask and report. */
  public Outcome work(Work work, String method, ObjectNode params) {
    return switch (method) {
      case "tools/call" -> call(work, params);
      case "resources/read" -> content.read(work, text(params, "uri"));
      case "prompts/get" -> content.prompt(work, text(params, "name"), arguments(params));
      default -> throw RpcError.methodNotFound(method);
    };
  }

  private Outcome call(Work work, ObjectNode params) {
    var name = text(params, "name");
    if (content.tool(work.asker(), name) == null) {
      throw unknownTool(name);
    }
    return content.call(work, name, arguments(params));
  }

  /** The refusal of a tool that the asker does not have. */
  public static RpcError unknownTool(String name) {
    return RpcError.invalidParams("There is no tool '" + Shortened.of(name) + "' here; tools/list names those there are.");
  }

  private static ObjectNode list(String name, List<ObjectNode> items) {
    var result = Json.MAPPER.createObjectNode();
    result.putArray(name).addAll(items);
    return result;
  }

  private ObjectNode complete(Asker asker, ObjectNode params) {
    var ref = params.path("ref");
    var kind = ref.path("type").asText();
    var of = switch (kind) {
      case "ref/prompt" -> ref.get("name");
      case "ref/resource" -> ref.get("uri");
      default -> throw RpcError.invalidParams("ref.type is ref/prompt or ref/resource.");
    };
    var argument = params.path("argument");
    if (of == null || !of.isTextual() || !argument.path("name").isTextual() || !argument.path("value").isTextual()) {
      throw RpcError.invalidParams("A completion names what it is for in ref, and argument.name and argument.value.");
    }
    var values = content.complete(asker, kind, of.textValue(), argument.get("name").textValue(),
        argument.get("value").textValue());
    var result = Json.MAPPER.createObjectNode();
    var completion = result.putObject("completion");
    values.stream().limit(MOST_VALUES).forEach(completion.putArray("values")::add);
    completion.put("total", values.size()).put("hasMore", values.size() > MOST_VALUES);
    return result;
  }

  private static String text(ObjectNode params, String name) {
    var value = params.get(name);
    if (value == null || !value.isTextual()) {
      throw RpcError.invalidParams("params." + name + " is missing, or is not text.");
    }
    return value.textValue();
  }

  private static ObjectNode arguments(ObjectNode params) {
    return object(params, "arguments");
  }

  /** A member that is an object; an empty one when it is absent. */
  public static ObjectNode object(ObjectNode params, String name) {
    @Nullable JsonNode value = params.get(name);
    return switch (value) {
      case null -> Json.MAPPER.createObjectNode();
      case ObjectNode object -> object;
      default -> throw RpcError.invalidParams("params." + name + " is not an object.");
    };
  }
}
