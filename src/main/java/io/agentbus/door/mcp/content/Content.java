package io.agentbus.door.mcp.content;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Caller;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server offers to those who may ask. Called on virtual threads; may wait. Trees that it answers are shared: nobody
 * changes them.
 *
 * <p>Methods refuse with {@link io.agentbus.door.mcp.rpc.RpcError} where the protocol has an error for it, and with {@link
 * io.agentbus.problem.ProblemException} otherwise; a tool that fails is an outcome.
 */
public interface Content {
  /** Who the server is. */
  About about();

  /**
   * Which part of the content the address asks for, to be kept as {@link Asker#view}.
   *
   * @param parameters those of the URL's query
   * @throws io.agentbus.problem.ProblemException {@code invalid_input} for one that has no meaning
   */
  String view(Caller caller, Map<String, List<String>> parameters);

  /** All tools that the asker may use, in an order that stays the same: {@code Tool} objects. */
  List<ObjectNode> tools(Asker asker);

  /** The tool of that name, or null when the asker has none. */
  @Nullable ObjectNode tool(Asker asker, String name);

  /** Calls a tool that {@link #tool} has found. */
  Outcome call(Work work, String name, ObjectNode arguments);

  /** {@code Resource} objects. */
  List<ObjectNode> resources(Asker asker);

  /** {@code ResourceTemplate} objects. */
  List<ObjectNode> resourceTemplates(Asker asker);

  /** Reads a resource: {@code contents}. */
  Outcome read(Work work, String uri);

  /** {@code Prompt} objects. */
  List<ObjectNode> prompts(Asker asker);

  /** Fills a prompt: {@code messages}. */
  Outcome prompt(Work work, String name, ObjectNode arguments);

  /**
   * What may come behind the value typed so far.
   *
   * @param kind {@code ref/prompt} or {@code ref/resource}
   * @param of name of the prompt, or template of the resource
   * @param argument name of the argument
   * @param value what was typed
   * @return in a good order; may be more than are told
   */
  List<String> complete(Asker asker, String kind, String of, String argument, String value);

  /** The tasks that tools begin; null when none does. */
  @Nullable Tasks tasks();

  /**
   * Watches for changes.
   *
   * @param wish what to watch; what the content cannot tell of is left out of {@link Follower#agreed}
   * @param wake called when {@link Follower#next} may have something; any thread, must not wait
   */
  Follower follow(Asker asker, Wish wish, Runnable wake);
}
