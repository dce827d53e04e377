package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.agent.Directory;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.webhook.in.TestedRoutes.TestedRoute;
import io.agentbus.webhook.in.scheme.Headers;
import io.agentbus.webhook.in.scheme.Received;
import io.agentbus.webhook.in.scheme.Scheme;
import io.agentbus.webhook.in.scheme.Told;
import java.time.Clock;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules by which webhooks become something. */
public final class Routes {
  private final Directory directory;
  private final CompiledRoutes compiled;
  private final Clock clock;

  Routes(Directory directory, CompiledRoutes compiled, Clock clock) {
    this.directory = directory;
    this.compiled = compiled;
    this.clock = clock;
  }

  /** Makes a route, or puts it in place of the one of that name. */
  public SourceRoute put(Call call, PutRoute in) {
    if (in.when() != null) {
      compiled.filter("/when", in.when());
    }
    RoutePlan.check(in.then(), compiled);
    return call.sql().inTransaction(tx -> {
      SourceStore.lock(tx, in.source());
      var source = Sources.find(tx, call.caller(), in.source());
      SourceStore.putRoute(tx, source.id(), in, call.caller().actor());
      var routes = SourceStore.routes(tx, source.id(), source.name());
      if (routes.size() > SourceLimits.ROUTES) {
        throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, "A source has at most " + SourceLimits.ROUTES + " routes; delete one that is not used.");
      }
      SourceStore.journal(tx, Objects.requireNonNull(directory.namespaceId(source.namespace())), call.caller().actor(), "put_route",
          Sources.about(source.id(), source.name()).put("route", in.name()));
      return routes.stream().filter(route -> route.name().equals(in.name())).findFirst().orElseThrow();
    });
  }

  public RouteList list(Call call, SourceRef which) {
    var source = Sources.find(call.sql(), call.caller(), which.source());
    return new RouteList(SourceStore.routes(call.sql(), source.id(), source.name()));
  }

  public DeletedRoute delete(Call call, RouteRef which) {
    return call.sql().inTransaction(tx -> {
      SourceStore.lock(tx, which.source());
      var source = Sources.find(tx, call.caller(), which.source());
      if (!SourceStore.deleteRoute(tx, source.id(), which.name())) {
        throw ProblemException.notFound("route", which.name());
      }
      SourceStore.journal(tx, Objects.requireNonNull(directory.namespaceId(source.namespace())), call.caller().actor(), "delete_route",
          Sources.about(source.id(), source.name()).put("route", which.name()));
      return new DeletedRoute(source.name(), which.name());
    });
  }

  /** Tries all routes of a source on a webhook that came, or on one that is made up as its sender would send it. */
  public TestedRoutes test(Call call, TestRoute in) {
    var source = Sources.find(call.sql(), call.caller(), in.source());
    var arrival = in.webhookId() == null ? madeUp(source, in) : WebhookStore.arrival(call.sql(), in.webhookId());
    if (arrival == null || !arrival.source().equals(source.name())) {
      throw ProblemException.notFound("webhook", String.valueOf(in.webhookId()));
    }
    var outcomes = RoutePlan.of(SourceStore.routes(call.sql(), source.id(), source.name()), arrival, compiled);
    return new TestedRoutes(arrival.type(), arrival.topic(), arrival.headers(), outcomes.stream()
        .map(outcome -> new TestedRoute(outcome.route().name(), outcome.matches(), outcome.whyNot(), outcome.makes(), outcome.fault())).toList());
  }

  private Arrival madeUp(WebhookSource source, TestRoute in) {
    if (in.payload() == null) {
      throw ProblemException.invalid("/payload", "is required when no webhook_id is given");
    }
    Map<String, String> lines = new HashMap<>();
    if (in.headers() != null) {
      in.headers().forEach((name, value) -> lines.put(name.toLowerCase(Locale.ROOT), value));
    }
    lines.put("content-type", lines.containsKey("ce-specversion") || !source.scheme().equals(Scheme.CLOUDEVENTS.wire()) ? "application/json"
        : "application/cloudevents+json");
    var headers = new Headers(lines.entrySet());
    var scheme = Objects.requireNonNull(Scheme.ofWire(source.scheme()));
    return switch (scheme.read(new Received(headers, Trees.bytes(Trees.storable(in.payload()))))) {
      case Told.Facts told -> Arrivals.of(source, scheme, headers, told.facts().getFirst(), null, null, clock.instant());
      case Told.Challenge challenge -> throw ProblemException.invalid("/payload", "is a challenge, which is answered and becomes nothing");
    };
  }
}
