package io.agentbus.work;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.client.CallFailed;
import io.agentbus.client.NodeAccess;
import io.agentbus.client.NodeClient;
import io.agentbus.client.Refused;
import io.agentbus.client.Trees;
import io.agentbus.config.LockFile;
import io.agentbus.config.SecretFile;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gets a worker the token of its agent: the one it was given, the one kept in the home folder, or a new one from a
 * registration with the operator's token, which is then kept (mode 0600). The operator's token itself goes no further.
 */
final class Enrolment {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOCK_LIMIT = Duration.ofSeconds(30);
  private final NodeAccess access;
  private final WorkerSettings settings;
  private final WorkLog log;

  /**
   * Who a worker is.
   *
   * @param token the agent's
   * @param namespace the agent's
   */
  record Agent(String token, String namespace) {}

  Enrolment(NodeAccess access, WorkerSettings settings, WorkLog log) {
    this.access = access;
    this.settings = settings;
    this.log = log;
  }

  /**
   * Asks the node.
   *
   * @throws ProblemException {@code forbidden} or {@code unauthenticated} when there is no way to act as that agent
   */
  Agent enrol() throws CallFailed, IOException {
    var given = access.token();
    if (given != null) {
      var who = whoami(given);
      if (isAgent(who)) {
        return own(given, who, "the token that was given");
      }
    }
    var folder = folder();
    SecretFile.folder(folder);
    // Two workers that start together must not both register.
    try (var _ = LockFile.acquire(folder.resolve("." + settings.agent() + ".lock"), LOCK_LIMIT)) {
      var file = folder.resolve(settings.agent() + ".token");
      var kept = kept(file);
      return kept != null ? kept : register(file, given);
    }
  }

  private @Nullable Agent kept(Path file) throws CallFailed, IOException {
    if (!Files.exists(file)) {
      return null;
    }
    var token = Files.readString(file).strip();
    try {
      return own(token, whoami(token), file.toString());
    } catch (Refused e) {
      if (!e.is(ProblemCode.UNAUTHENTICATED)) {
        throw e;
      }
      log.say("worker.token_unknown", "file", file, "detail", e.getMessage());
      return null;
    }
  }

  private Agent register(Path file, @Nullable String operatorToken) throws CallFailed, IOException {
    if (operatorToken == null) {
      throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "No token of agent " + settings.agent()
          + " is at hand (" + file + "), and none of an operator to register it with: set "
          + NodeAccess.TOKEN_VARIABLE + ".");
    }
    var operator = new NodeClient(access.url(), operatorToken);
    var wanted = Trees.MAPPER.createObjectNode().put("namespace", namespace());
    var joinToken = operator.call("create_join_token", wanted, PATIENCE).path("join_token").asText();
    var input = Trees.MAPPER.createObjectNode().put("join_token", joinToken).put("name", settings.agent())
        .put("concurrency", settings.concurrency());
    words(input, "tags", settings.tags());
    words(input, "capabilities", settings.capabilities());
    try {
      var answer = new NodeClient(access.url(), null).call("register_agent", input, PATIENCE);
      var token = answer.path("agent_token").asText();
      SecretFile.write(file, token + "\n");
      log.say("worker.registered", "agent", settings.agent(), "namespace", namespace(), "token_file", file);
      return new Agent(token, namespace());
    } catch (Refused e) {
      if (!e.is(ProblemCode.DUPLICATE_CONFLICT)) {
        throw e;
      }
      throw ProblemException.of(ProblemCode.FORBIDDEN, "Agent " + settings.agent() + " of " + namespace()
          + " is registered, but its token is not on this machine (" + file + "). Set " + NodeAccess.TOKEN_VARIABLE
          + " to it, or make a new one with 'agentbus rotate-agent-token'.");
    }
  }

  /** Left out when there are none: absence means those of the join token. */
  private static void words(ObjectNode input, String field, List<String> words) {
    if (!words.isEmpty()) {
      words.forEach(input.putArray(field)::add);
    }
  }

  private JsonNode whoami(String token) throws CallFailed {
    return new NodeClient(access.url(), token).call("whoami", Trees.MAPPER.createObjectNode(), PATIENCE);
  }

  private static boolean isAgent(JsonNode who) {
    return who.path("kind").asText().equals("agent");
  }

  private Agent own(String token, JsonNode who, String from) {
    var name = who.path("name").asText();
    var namespace = who.path("namespace").asText();
    var isElsewhere = settings.namespace() != null && !settings.namespace().equals(namespace);
    if (!isAgent(who) || !name.equals(settings.agent()) || isElsewhere) {
      throw ProblemException.of(ProblemCode.FORBIDDEN, "The token (" + from + ") is that of "
          + who.path("kind").asText() + " " + name + " of " + namespace
          + ", not of " + settings.agent() + " of " + namespace() + ".");
    }
    return new Agent(token, namespace);
  }

  private String namespace() {
    return settings.namespace() == null ? "default" : settings.namespace();
  }

  /**
   * One folder a namespace: {@code a/b} is {@code a+b}, a letter that no namespace has, so that {@code a_b} is another.
   */
  private Path folder() {
    return settings.home().resolve("agents").resolve(namespace().replace('/', '+'));
  }
}
