package io.agentbus.http;

import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** {@code /health}, {@code /ready} and {@code /metrics}: for probes and scrapers, without a token. */
public final class StatusPages {
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final CharSequence METRICS = HttpHeaders.createOptimized("text/plain; version=0.0.4; charset=utf-8");

  private StatusPages() {}

  /**
   * Mounts the pages.
   *
   * @param metrics all metrics in the Prometheus text format; called on a virtual thread
   */
  public static void mount(Site site, Health health, Supplier<String> metrics) {
    site.mount("/health", page("/health", exchange -> report(exchange, health.live())));
    site.mount("/ready", page("/ready", exchange -> report(exchange, health.ready())));
    site.mount("/metrics", page("/metrics",
        exchange -> exchange.end(200, METRICS, metrics.get().getBytes(StandardCharsets.UTF_8))));
  }

  private static Surface page(String path, Surface content) {
    return exchange -> {
      if (!exchange.path().equals(path)) {
        throw Site.noSuchPath();
      }
      if (exchange.method() != HttpMethod.GET && exchange.method() != HttpMethod.HEAD) {
        throw ProblemException.of(ProblemCode.METHOD_NOT_ALLOWED, "This page can only be read.")
            .with(ProblemAnswer.ALLOW, "GET, HEAD");
      }
      exchange.work(() -> content.handle(exchange));
    };
  }

  private static void report(Exchange exchange, HealthReport report) {
    var json = Json.MAPPER.createObjectNode().put("status", report.ok() ? "ok" : "failing");
    json.set("checks", Json.MAPPER.valueToTree(report.checks()));
    exchange.end(report.ok() ? 200 : 503, JSON, json.toString().getBytes(StandardCharsets.UTF_8));
  }
}
