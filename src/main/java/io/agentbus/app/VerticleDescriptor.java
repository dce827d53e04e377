package io.agentbus.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.config.ConfigLoader;
import io.agentbus.config.NodeRole;
import io.agentbus.config.RecordReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What runs where: one file of {@code verticles/}.
 *
 * @param name as the file
 * @param className of the verticle
 * @param does one sentence for people
 * @param nodeRoles a node with one of these runs it
 * @param threading event-loop, worker or virtual-thread
 * @param instances for each node
 * @param hears wake-ups and addresses of the event bus that it listens to
 * @param says wake-ups it causes and addresses of the event bus that it speaks at
 * @param config defaults of its config record, by key
 */
public record VerticleDescriptor(String name, String className, String does, List<NodeRole> nodeRoles, Threading threading, int instances,
    List<String> hears, List<String> says, Map<String, JsonNode> config) {

  /** On what a verticle runs. */
  public enum Threading { EVENT_LOOP, WORKER, VIRTUAL_THREAD }

  /** The file as it stands: {@code class} is a word of the language, so the record above cannot have it. */
  private record Keys(String name, String does, List<NodeRole> nodeRoles, Threading threading, int instances, List<String> hears,
      List<String> says, Map<String, JsonNode> config) {}

  /** Every descriptor, in the order of deployment. */
  public static List<VerticleDescriptor> all() {
    return Stream.of("sequencer", "event-publisher", "read-log", "metrics", "due-jobs", "dispatcher", "inbox-drainer", "lease-sweeper", "campaign-sweeper", "memory-expiry", "journal-sealer", "heartbeat",
        "webhook-receiver").map(VerticleDescriptor::read).toList();
  }

  /** Reads {@code verticles/<name>.yaml} from the class path. */
  static VerticleDescriptor read(String name) {
    var resource = "verticles/" + name + ".yaml";
    try (var in = VerticleDescriptor.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("there is no " + resource + " in the jar");
      }
      var tree = (ObjectNode) ConfigLoader.parseYaml(resource, new String(in.readAllBytes(), StandardCharsets.UTF_8));
      var className = tree.remove("class").asText();
      var keys = RecordReader.of(resource).read(Keys.class, null, "", tree);
      return new VerticleDescriptor(keys.name(), className, keys.does(), keys.nodeRoles(), keys.threading(), keys.instances(), keys.hears(),
          keys.says(), keys.config());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The settings of a verticle where nobody sets any. */
  public static <C extends Record> C defaultsOf(String name, Class<C> type) {
    return read(name).configuredAs(type, MissingNode.getInstance());
  }

  /**
   * The verticle's settings on this node.
   *
   * @param type the config record, whose components are the keys
   * @param overrides what this node's configuration says under {@code verticles.<name>}, or a missing node
   */
  public <C extends Record> C configuredAs(Class<C> type, JsonNode overrides) {
    var resource = "verticles/" + name + ".yaml";
    var tree = JsonNodeFactory.instance.objectNode();
    config.forEach(tree::set);
    var defaults = RecordReader.of(resource).read(type, null, "config", tree);
    return RecordReader.of("the node's configuration").read(type, defaults, "verticles." + name, overrides);
  }
}
