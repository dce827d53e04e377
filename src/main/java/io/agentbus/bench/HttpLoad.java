package io.agentbus.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.cli.Terminal;
import io.agentbus.op.Json;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * Load on a node over HTTP, from a process of its own: {@code HttpLoad MODE name=value ...} with the node in {@code BENCH_URL}, an
 * operator's token in {@code BENCH_TOKEN} and an agent's in {@code BENCH_AGENT_TOKEN}. Prints one line of JSON when all went well, else
 * throws. Modes: {@code get} (path, calls, warm, rounds, connections), {@code enqueue} (agent, jobs, warm, rounds, connections),
 * {@code drain} (jobs, warm, rounds, connections), {@code pickup} (agent, rate, seconds, claimers). {@code warm} is how many come
 * first and do not count.
 */
public final class HttpLoad {
  private static final long LIMIT_SECONDS = 300;
  private static final String JOBS = "/api/v1/jobs";

  private final LoadLoop loop;
  private final Map<String, String> environment;
  private final Map<String, String> values;

  private HttpLoad(LoadLoop loop, Map<String, String> environment, Map<String, String> values) {
    this.loop = loop;
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
    try (var loop = new LoadLoop()) {
      var load = new HttpLoad(loop, terminal.environment(), values);
      var answer = switch (arguments[0]) {
        case "get" -> load.get();
        case "enqueue" -> load.enqueue();
        case "drain" -> load.drain();
        case "cycle" -> load.cycle();
        case "pickup" -> load.pickUp();
        default -> throw new IllegalArgumentException("'" + arguments[0] + "' is none of get, enqueue, drain, cycle, pickup");
      };
      terminal.out().println(answer);
      terminal.out().flush();
    }
  }

  private ObjectNode get() throws IOException, TimeoutException {
    var calls = calls("BENCH_TOKEN", whole("connections"));
    var path = values.get("path");
    var request = calls.request(path);
    return rounds(calls, path, whole("calls"), count -> Collections.nCopies(count, request));
  }

  private ObjectNode enqueue() throws IOException, TimeoutException {
    var calls = calls("BENCH_TOKEN", whole("connections"));
    return rounds(calls, JOBS, whole("jobs"), count -> {
      var requests = new ArrayList<byte[]>(count);
      for (var i = 0; i < count; i++) {
        requests.add(calls.request(JOBS, body(values.get("agent"), i)));
      }
      return requests;
    });
  }

  private interface Requests {
    List<byte[]> of(int count);
  }

  /** Rates and times of calls from clients that each wait for their answer; requests are made before the clock runs. */
  private ObjectNode rounds(HttpCalls calls, String path, int count, Requests requests) throws IOException, TimeoutException {
    var answer = Json.MAPPER.createObjectNode();
    for (var round = 0; round <= whole("rounds"); round++) {
      var sent = requests.of(round == 0 ? whole("warm") : count);
      var one = new PostLoop(calls, path, sent);
      var started = System.nanoTime();
      one.run(loop, whole("connections"), LIMIT_SECONDS);
      if (round > 0) {
        answer.withArray("rates").add(Figures.rate(sent.size(), System.nanoTime() - started));
        answer.withArray("p50_ms").add(Figures.percentileMillis(one.nanos(), 0.5));
        answer.withArray("p99_ms").add(Figures.percentileMillis(one.nanos(), 0.99));
      }
    }
    return answer;
  }

  private ObjectNode drain() throws IOException, TimeoutException {
    var answer = Json.MAPPER.createObjectNode();
    var connections = whole("connections");
    var calls = calls("BENCH_AGENT_TOKEN", connections);
    for (var round = 0; round <= whole("rounds"); round++) {
      var jobs = round == 0 ? whole("warm") : whole("jobs");
      var workers = new HttpWorkers(calls, jobs, 1);
      var started = System.nanoTime();
      workers.start(connections);
      loop.runUntil(workers::done, LIMIT_SECONDS);
      if (round > 0) {
        answer.withArray("rates").add(Figures.rate(jobs, System.nanoTime() - started));
      }
    }
    return answer;
  }

  /** Rates of whole jobs: as one is finished the next is enqueued, so that there is always work and never a heap of it. */
  private ObjectNode cycle() throws IOException, TimeoutException {
    var answer = Json.MAPPER.createObjectNode();
    var claims = calls("BENCH_AGENT_TOKEN", whole("workers"));
    var posts = calls("BENCH_TOKEN", whole("ahead"));
    for (var round = 0; round <= whole("rounds"); round++) {
      var jobs = round == 0 ? whole("warm") : whole("jobs");
      var cycle = new JobCycle(posts, values.get("agent"), jobs);
      var workers = new HttpWorkers(claims, jobs, 1, cycle::next);
      var started = System.nanoTime();
      cycle.start(whole("ahead"));
      workers.start(whole("workers"));
      loop.runUntil(workers::done, LIMIT_SECONDS);
      if (round > 0) {
        answer.withArray("rates").add(Figures.rate(jobs, System.nanoTime() - started));
      }
    }
    return answer;
  }

  private ObjectNode pickUp() throws IOException, TimeoutException {
    var rate = Double.parseDouble(values.get("rate"));
    var warm = (int) Math.max(10, rate);
    var count = warm + (int) (rate * whole("seconds"));
    var claimers = whole("claimers");
    var workers = new HttpWorkers(calls("BENCH_AGENT_TOKEN", claimers), count, 20);
    var pace = new PacedPosts(calls("BENCH_TOKEN", 64), values.get("agent"), count, rate);
    workers.start(claimers);
    pace.start(loop);
    loop.runUntil(() -> pace.done() && workers.done(), LIMIT_SECONDS);
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
    return new HttpCalls(loop, URI.create(environment.get("BENCH_URL")), environment.get(token), connections);
  }

  private int whole(String name) {
    return Integer.parseInt(values.get(name));
  }

  /** The body that enqueues a job whose payload, of about 200 bytes, tells its number. */
  static String body(String agent, int number) {
    return "{\"target_agent\":\"" + agent + "\",\"job_type\":\"bench.job\",\"subject\":\"bench\",\"payload\":{\"number\":" + number
        + ",\"filling\":\"" + "x".repeat(170) + "\"}}";
  }
}
