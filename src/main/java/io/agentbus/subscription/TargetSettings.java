package io.agentbus.subscription;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.agent.Directory;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemException;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a subscription says of its target: all that is needed, and nothing that belongs to another. */
final class TargetSettings {
  private final Directory directory;

  TargetSettings(Directory directory) {
    this.directory = directory;
  }

  /**
   * The settings that are kept in the row. Those of a webhook are not: {@link WebhookTarget} keeps them.
   *
   * @param home where the subscription lives
   * @throws ProblemException {@code invalid_input} when something is missing, or belongs to another target
   */
  ObjectNode of(Caller caller, NamespacePath home, Subscribe in) {
    var settings = JsonNodeFactory.instance.objectNode();
    var given = new TreeSet<String>();
    add(given, "url", in.url());
    add(given, "webhook", in.webhook());
    add(given, "target_agent", in.targetAgent());
    add(given, "title", in.title());
    add(given, "priority", in.priority());
    add(given, "job", in.job());
    add(given, "address", in.address());
    var own = switch (in.to()) {
      case WEBHOOK -> Set.of("url", "webhook");
      case INBOX -> Set.of("target_agent", "title", "priority");
      case JOB -> Set.of("job");
      case BUS -> Set.of("address");
      case SSE -> Set.<String>of();
    };
    given.stream().filter(name -> !own.contains(name)).findFirst().ifPresent(name -> {
      throw ProblemException.invalid("/" + name, "does not belong to a subscription to " + in.to().wire());
    });
    switch (in.to()) {
      case WEBHOOK, SSE -> { }
      case INBOX -> inbox(caller, home, in, settings);
      case JOB -> {
        needs("job", in.job(), in.to());
        JobTarget.check(caller, Objects.requireNonNull(in.job()));
        if (in.job().namespace() != null) {
          directory.existing(caller, in.job().namespace());
        }
        settings.set("job", Json.MAPPER.valueToTree(in.job()));
      }
      case BUS -> {
        needs("address", in.address(), in.to());
        settings.put("address", in.address());
      }
    }
    return settings;
  }

  private void inbox(Caller caller, NamespacePath home, Subscribe in, ObjectNode settings) {
    if (in.targetAgent() == null && !caller.isAgent()) {
      throw ProblemException.invalid("/target_agent", "is needed: the caller is no agent and has no inbox");
    }
    var name = in.targetAgent() == null ? caller.name() : in.targetAgent();
    var agent = directory.resolve(home, name);
    if (agent == null) {
      throw ProblemException.invalid("/target_agent", "there is no agent '" + name + "' in " + home + " or above");
    }
    if (in.title() != null) {
      InboxTarget.check("/title", in.title());
    }
    settings.put("target_agent", name);
    if (in.title() != null) {
      settings.put("title", in.title());
    }
    if (in.priority() != null) {
      settings.put("priority", in.priority());
    }
  }

  private static void add(Set<String> given, String name, @Nullable Object value) {
    if (value != null) {
      given.add(name);
    }
  }

  static void needs(String name, @Nullable Object value, Target target) {
    if (value == null) {
      throw ProblemException.invalid("/" + name, "is needed for a subscription to " + target.wire());
    }
  }
}
