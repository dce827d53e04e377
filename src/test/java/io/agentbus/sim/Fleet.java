package io.agentbus.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Nodes over one database, the agents that work with them and the operator. A caller that gets no answer asks another node. */
final class Fleet {
  private static final int TRIES = 400;
  private static final int PAUSE_MILLIS = 25;

  /** @param limit most live leases, 0 = not limited */
  record Member(String name, int limit, String token) {}

  final List<SimNode> nodes;
  final List<Member> members = new ArrayList<>();
  private final String operator;

  Fleet(List<SimNode> nodes, String operator) {
    this.nodes = nodes;
    this.operator = operator;
  }

  /** Registers agents: every fourth is not limited, the others may hold 1, 2, 3 jobs. */
  void register(int count) {
    for (var i = 0; i < count; i++) {
      var limit = i % 4;
      var name = "claimer" + i;
      var join = asOperator("create_join_token", "{\"namespace\": \"default\"}").get("join_token").asText();
      var registered = ask(0, "", "register_agent", "{\"join_token\": \"" + join + "\", \"name\": \"" + name + "\", \"concurrency\": " + limit
          + ", \"capabilities\": [\"any-work\"]}");
      members.add(new Member(name, limit, registered.get("agent_token").asText()));
    }
  }

  /** Puts jobs in: most for one agent, some for whoever can; some wait for another. */
  void enqueue(int count, SplittableRandom random) {
    for (var left = count; left > 0;) {
      var input = Json.MAPPER.createObjectNode();
      var jobs = input.putArray("jobs");
      for (var i = 0; i < 500 && left > 0; i++, left--) {
        var job = jobs.addObject().put("subject", "work").put("max_attempts", 20).put("priority", 1 + random.nextInt(1_000));
        job.put("ref", "j" + i);
        if (i > 0 && random.nextInt(10) == 0) {
          job.putArray("depends_on").add("j" + random.nextInt(i));
        }
        if (random.nextInt(4) == 0) {
          job.put("target_capability", "any-work");
        } else {
          job.put("target_agent", members.get(random.nextInt(members.size())).name());
        }
      }
      asOperator("enqueue_jobs", input.toString());
    }
  }

  JsonNode asOperator(String operation, String input) {
    return ask(0, operator, operation, input);
  }

  /**
   * Calls on this node, and on the others when it does not answer.
   *
   * @throws ProblemException a refusal that trying again does not change
   */
  JsonNode ask(int node, String token, String operation, String input) {
    return ask(node, token, operation, input, null);
  }

  /** The same. @param key Idempotency-Key, or null */
  JsonNode ask(int node, String token, String operation, String input, @Nullable String key) {
    RuntimeException last = new IllegalStateException("not tried");
    for (var tries = 0; tries < TRIES; tries++) {
      try {
        return nodes.get((node + tries) % nodes.size()).call(token, operation, input, key);
      } catch (SimNode.Gone gone) {
        last = gone;
      } catch (ProblemException refusal) {
        if (refusal.code() != ProblemCode.UNAVAILABLE && refusal.code() != ProblemCode.LIMIT_EXCEEDED) {
          throw refusal;
        }
        last = refusal;
      }
      pause();
    }
    throw new IllegalStateException("no node answered " + operation + " after " + TRIES + " tries", last);
  }

  static ObjectNode attempt(JsonNode job) {
    var input = Json.MAPPER.createObjectNode();
    input.set("job_id", job.get("id"));
    input.set("fence", job.get("fence"));
    return input;
  }

  /** What a client does between two tries: nothing comes of this wait but less load. */
  private static void pause() {
    try {
      if (new CountDownLatch(1).await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("nobody counts down");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
