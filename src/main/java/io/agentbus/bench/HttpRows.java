package io.agentbus.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.bench.BenchProcesses.RunningNode;
import io.agentbus.client.CallFailed;
import io.agentbus.client.NodeClient;
import io.agentbus.op.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a node answers over HTTP, with node, load and Postgres in processes of their own. */
final class HttpRows {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int CLIENTS = 64;
  private static final int WORKERS = 16;
  private static final int AHEAD = 64;
  private static final int IDLE_RATE = 50;
  private static final int IDLE_CLAIMERS = 4;

  private final BenchPlan plan;
  private final BenchReport report;
  private final BenchProcesses processes;
  private final RunningNode node;
  private final NodeClient client;
  private final String token;

  /** @param home of the node, where its operator token is */
  HttpRows(BenchPlan plan, BenchReport report, BenchProcesses processes, RunningNode node, Path home) throws IOException {
    this.plan = plan;
    this.report = report;
    this.processes = processes;
    this.node = node;
    this.token = Files.readString(home.resolve("operator.token")).strip();
    this.client = new NodeClient(URI.create(node.url()), token);
  }

  void all() throws IOException, CallFailed {
    var agent = agent("http-work");
    bareServer();
    var single = processes.load(List.of("enqueue", "agent=http-work", "jobs=" + plan.httpJobs(), "warm=" + plan.httpWarm(),
        "rounds=" + plan.repeats(), "connections=" + CLIENTS), secrets(agent));
    report.add(BenchRow.of("http.enqueue", "HTTP: enqueue, one job a POST, 64 connections", "jobs/s", samples(single, "rates"))
        .under(ceiling("pgbench.insert")).atLeast(25_000));
    report.add(BenchRow.of("http.enqueue_p50", "HTTP: the same, time of a call, p50", "ms", samples(single, "p50_ms")));
    report.add(BenchRow.of("http.enqueue_p99", "HTTP: the same, time of a call, p99", "ms", samples(single, "p99_ms")));

    var health = processes.load(get("/health"), secrets(agent));
    report.add(BenchRow.of("http.health", "HTTP: GET /health of the node, " + CLIENTS + " connections", "calls/s", samples(health, "rates"))
        .under(ceiling("bare.http")));

    report.add(drain("http.claim_complete", WORKERS, plan.httpWarm() / 4, agent));
    // What twice the rate of the fastest peer without batches comes to, by the rate of pgbench on the same machine.
    report.add(drain("http.claim_complete_64", CLIENTS, plan.httpWarm() / 8, agent).ratioAtLeast(0.9));

    var whole = report.add(BenchRow.of("http.cycle", "HTTP: enqueue, claim and complete one job, " + WORKERS + " workers, " + AHEAD + " jobs under way", "jobs/s",
        samples(processes.load(List.of("cycle", "agent=http-cycle", "jobs=" + plan.httpJobs() / 4, "warm=" + plan.httpWarm() / 4, "rounds=" + plan.repeats(),
            "workers=" + WORKERS, "ahead=" + AHEAD), secrets(agent("http-cycle"))), "rates")));

    var idle = IntStream.range(0, plan.repeats()).mapToObj(i -> "http-idle-" + i).toList();
    pickUp("http.pickup", "pick-up at " + IDLE_RATE + "/s", idle, IDLE_RATE, IDLE_CLAIMERS, 0.8, 10.0);
    var busy = IntStream.range(0, plan.repeats()).mapToObj(i -> "http-busy-" + i).toList();
    pickUp("http.pickup_half", "pick-up at half the rate of whole jobs", busy, whole.value() / 2, WORKERS, null, 50.0);
  }

  private BenchRow drain(String id, int connections, int warm, String agentToken) throws IOException {
    var answer = processes.load(List.of("drain", "jobs=" + plan.httpJobs() / 4, "warm=" + warm, "rounds=" + plan.repeats(),
        "connections=" + connections), secrets(agentToken));
    return BenchRow.of(id, "HTTP: claim one, complete one, " + connections + " connections", "jobs/s", samples(answer, "rates"))
        .under(ceiling("pgbench.claim_complete"));
  }

  /** What the load itself reaches: the same calls of a server that answers a constant. */
  private void bareServer() throws IOException {
    var server = processes.bareServer();
    try {
      var calls = processes.load(get("/"), Map.of("BENCH_URL", server.url(), "BENCH_TOKEN", token));
      report.add(BenchRow.of("bare.http", "HTTP: a bare Vert.x server that answers a constant, " + CLIENTS + " connections", "calls/s",
          samples(calls, "rates")));
    } finally {
      BenchProcesses.stop(server.process());
    }
  }

  private List<String> get(String path) {
    return List.of("get", "path=" + path, "calls=" + plan.httpJobs(), "warm=" + plan.httpWarm(), "rounds=" + plan.repeats(), "connections=" + CLIENTS);
  }

  private void pickUp(String id, String name, List<String> agents, double rate, int claimers, @Nullable Double p50, @Nullable Double p99)
      throws IOException, CallFailed {
    var answers = new ArrayList<JsonNode>();
    for (var agent : agents) {
      answers.add(processes.load(List.of("pickup", "agent=" + agent, "rate=" + rate, "seconds=" + plan.pickupSeconds(), "claimers=" + claimers),
          secrets(agent(agent))));
    }
    var middle = BenchRow.of(id + "_p50", "HTTP: " + name + ", from before the POST, p50", "ms", each(answers, "p50_ms")).under(ceiling("bare.pickup_p50"));
    var slow = BenchRow.of(id + "_p99", "HTTP: " + name + ", from before the POST, p99", "ms", each(answers, "p99_ms")).under(ceiling("bare.pickup_p99"));
    report.add(p50 == null ? middle : middle.atMost(p50));
    report.add(p99 == null ? slow : slow.atMost(p99));
    report.add(BenchRow.of(id + "_answer_p50", "HTTP: " + name + ", from the enqueue's answer, p50", "ms", each(answers, "answer_p50_ms")));
    report.add(BenchRow.of(id + "_answer_p99", "HTTP: " + name + ", from the enqueue's answer, p99", "ms", each(answers, "answer_p99_ms")));
  }

  /** Registers an agent without a limit and answers its token. */
  private String agent(String name) throws CallFailed {
    var join = client.call("create_join_token", Json.MAPPER.createObjectNode().put("namespace", "default"), PATIENCE).get("join_token").asText();
    return client.call("register_agent", Json.MAPPER.createObjectNode().put("join_token", join).put("name", name).put("concurrency", 0), PATIENCE)
        .get("agent_token").asText();
  }

  private Map<String, String> secrets(String agentToken) {
    return Map.of("BENCH_URL", node.url(), "BENCH_TOKEN", token, "BENCH_AGENT_TOKEN", agentToken);
  }

  private @Nullable BenchRow ceiling(String id) {
    return report.row(id).orElse(null);
  }

  private static List<Double> samples(JsonNode answer, String field) {
    var samples = new ArrayList<Double>();
    answer.get(field).forEach(one -> samples.add(one.asDouble()));
    return samples;
  }

  private static List<Double> each(List<JsonNode> answers, String field) {
    return answers.stream().map(answer -> answer.get(field).asDouble()).toList();
  }
}
