package io.agentbus.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.cli.Terminal;
import io.agentbus.op.Json;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Load on a node over HTTP, from a process of its own: {@code HttpLoad MODE name=value ...} with the node in {@code BENCH_URL}, an
 * operator's token in {@code BENCH_TOKEN} and an agent's in {@code BENCH_AGENT_TOKEN}. Prints one line of JSON when all went well, else
 * throws. Modes: {@code enqueue} (agent, jobs, rounds, connections), {@code drain} (jobs, rounds, connections), {@code pickup} (agent,
 * rate, seconds, claimers).
 */
public final class HttpLoad {
  private static final long LIMIT_SECONDS = 300;

  private final Vertx vertx;
  private final Map<String, String> environment;
  private final Map<String, String> values;

  private HttpLoad(Vertx vertx, Map<String, String> environment, Map<String, String> values) {
    this.vertx = vertx;
    this.environment = environment;
    this.values = values;
  }

  public static void main(String[] arguments) throws Exception {
    var values = new HashMap<String, String>();
    for (var i = 1; i < arguments.length; i++) {
      var cut = arguments[i].indexOf('=');
      values.put(arguments[i].substring(0, cut), arguments[i].substring(cut + 1));
    }
    var terminal = Terminal.ofProcess();
    var vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    try {
      var load = new HttpLoad(vertx, terminal.environment(), values);
      var answer = switch (arguments[0]) {
        case "enqueue" -> load.enqueue();
        case "drain" -> load.drain();
        case "pickup" -> load.pickUp();
        default -> throw new IllegalArgumentException("'" + arguments[0] + "' is none of enqueue, drain, pickup");
      };
      terminal.out().println(answer);
      terminal.out().flush();
    } finally {
      vertx.close().await(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
  }

  private ObjectNode enqueue() throws Exception {
    var jobs = whole("jobs");
    var calls = calls("BENCH_TOKEN", whole("connections"));
    var answer = Json.MAPPER.createObjectNode();
    // The first round warms both programs and does not count.
    for (var round = 0; round <= whole("rounds"); round++) {
      var loop = new PostLoop(calls, values.get("agent"), jobs);
      var started = System.nanoTime();
      loop.run(vertx, whole("connections")).await(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (round > 0) {
        answer.withArray("rates").add(Figures.rate(jobs, System.nanoTime() - started));
        answer.withArray("p50_ms").add(Figures.percentileMillis(loop.nanos(), 0.5));
        answer.withArray("p99_ms").add(Figures.percentileMillis(loop.nanos(), 0.99));
      }
    }
    return answer;
  }

  private ObjectNode drain() throws Exception {
    var answer = Json.MAPPER.createObjectNode();
    var connections = whole("connections");
    for (var round = 0; round <= whole("rounds"); round++) {
      var jobs = whole("jobs");
      var workers = new HttpWorkers(calls("BENCH_AGENT_TOKEN", connections), jobs, 1);
      var started = System.nanoTime();
      workers.run(vertx, connections).await(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (round > 0) {
        answer.withArray("rates").add(Figures.rate(jobs, System.nanoTime() - started));
      }
    }
    return answer;
  }

  private ObjectNode pickUp() throws Exception {
    var rate = Double.parseDouble(values.get("rate"));
    var warm = (int) Math.max(10, rate);
    var count = warm + (int) (rate * whole("seconds"));
    var claimers = whole("claimers");
    var workers = new HttpWorkers(calls("BENCH_AGENT_TOKEN", claimers), count, 20);
    var pace = new PacedPosts(calls("BENCH_TOKEN", 64), values.get("agent"), count, rate);
    var done = workers.run(vertx, claimers);
    pace.run(vertx).await(LIMIT_SECONDS, TimeUnit.SECONDS);
    done.await(30, TimeUnit.SECONDS);
    var fromPost = new long[count - warm];
    var fromAnswer = new long[count - warm];
    for (var i = warm; i < count; i++) {
      fromPost[i - warm] = workers.claimedAt(i) - pace.sentAt(i);
      fromAnswer[i - warm] = workers.claimedAt(i) - pace.answeredAt(i);
    }
    return Json.MAPPER.createObjectNode().put("count", fromPost.length)
        .put("p50_ms", Figures.percentileMillis(fromPost, 0.5)).put("p99_ms", Figures.percentileMillis(fromPost, 0.99))
        .put("answer_p50_ms", Figures.percentileMillis(fromAnswer, 0.5)).put("answer_p99_ms", Figures.percentileMillis(fromAnswer, 0.99));
  }

  private HttpCalls calls(String token, int connections) {
    return new HttpCalls(vertx, URI.create(environment.get("BENCH_URL")), environment.get(token), connections);
  }

  private int whole(String name) {
    return Integer.parseInt(values.get(name));
  }

  /** The body that enqueues a job whose payload, of about 200 bytes, tells its number. */
  static Buffer body(String agent, int number) {
    return Buffer.buffer("{\"target_agent\":\"" + agent + "\",\"job_type\":\"bench.job\",\"subject\":\"bench\",\"payload\":{\"number\":" + number
        + ",\"filling\":\"" + "x".repeat(170) + "\"}}");
  }

  /** All of the bodies, made before the clock runs. */
  static List<Buffer> bodies(String agent, int count) {
    var bodies = new ArrayList<Buffer>(count);
    for (var i = 0; i < count; i++) {
      bodies.add(body(agent, i));
    }
    return bodies;
  }
}
