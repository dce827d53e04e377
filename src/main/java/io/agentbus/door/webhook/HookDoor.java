package io.agentbus.door.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.http.BearerGate;
import io.agentbus.http.Exchange;
import io.agentbus.http.JsonBody;
import io.agentbus.http.ProblemAnswer;
import io.agentbus.http.QueryString;
import io.agentbus.http.Site;
import io.agentbus.http.Welcome;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemException;
import io.agentbus.webhook.in.Hooks;
import io.agentbus.webhook.in.WebhookSource;
import io.agentbus.webhook.in.scheme.Headers;
import io.agentbus.webhook.in.scheme.Scheme;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /hooks/agent} and {@code /hooks/wake} as OpenClaw's gateway answers them: {@code {"ok":true,"runId"}} and {@code
 * {"ok":true,"mode"}}, {@code {"ok":false,"error"}} with the status, and plain text before it is known who asks.
 */
public final class HookDoor {
  private static final CharSequence JSON = "application/json";
  private static final CharSequence TEXT = "text/plain; charset=utf-8";
  private static final int MAX_BODY = 262_144;
  private static final int LONGEST_TOKEN = 1_024;

  private final Hooks hooks;
  private final BearerGate gate;

  /** @param gate counts wrong tokens by address; of its own, so that those of other surfaces do not count here */
  public HookDoor(Hooks hooks, BearerGate gate) {
    this.hooks = hooks;
    this.gate = gate;
  }

  public void mount(Site site) {
    site.mount("/hooks", this::handle);
  }

  private interface Verb {
    ObjectNode answer(WebhookSource source, ObjectNode body, byte[] raw);
  }

  private void handle(Exchange exchange) {
    var headers = new Headers(exchange.request().headers());
    switch (exchange.path()) {
      case "/hooks/agent" -> handle(exchange, headers, (source, body, raw) -> ok().put("runId", hooks.agent(source, key(headers), body, raw).toString()));
      case "/hooks/wake" -> handle(exchange, headers, (source, body, raw) -> ok().put("mode", hooks.wake(source, key(headers), body, raw)));
      default -> plain(exchange, 404, "Not Found");
    }
  }

  private void handle(Exchange exchange, Headers headers, Verb verb) {
    if (exchange.method() != HttpMethod.POST) {
      exchange.header("Allow", "POST");
      plain(exchange, 405, "Method Not Allowed");
      return;
    }
    if (namesToken(exchange.query())) {
      plain(exchange, 400, "Hook token must be provided via Authorization: Bearer <token> or X-OpenClaw-Token header (query parameters are not allowed).");
      return;
    }
    var source = new AtomicReference<WebhookSource>();
    exchange.workBeforeBody(() -> {
      source.set(admit(exchange, headers));
      // Without a source the refusal is out already, and nothing more is read.
      return source.get() == null ? null : new Welcome(MAX_BODY, true);
    }, raw -> carryOut(exchange, source.get(), raw, verb));
  }

  /** The source of the request's token; null when the refusal has been given. */
  private @Nullable WebhookSource admit(Exchange exchange, Headers headers) {
    try {
      var token = Scheme.bearerToken(headers);
      var source = gate.ofToken(exchange.address(), token == null || token.length() > LONGEST_TOKEN ? "" : token, hooks::sourceOf);
      exchange.actor("source:" + source.name());
      return source;
    } catch (ProblemException refused) {
      switch (refused.code()) {
        case UNAUTHENTICATED -> plain(exchange, 401, "Unauthorized");
        case LIMIT_EXCEEDED -> {
          exchange.header("Retry-After", String.valueOf(refused.members().getOrDefault(ProblemAnswer.RETRY_AFTER_SECONDS, 60)));
          plain(exchange, 429, "Too Many Requests");
        }
        default -> refuse(exchange, refused);
      }
      return null;
    }
  }

  private static void carryOut(Exchange exchange, WebhookSource source, byte[] raw, Verb verb) throws IOException {
    try {
      if (!(JsonBody.any("application/json", raw) instanceof ObjectNode body)) {
        throw ProblemException.invalid("", "the body must be a JSON object");
      }
      exchange.end(200, JSON, Json.MAPPER.writeValueAsBytes(verb.answer(source, body, raw)));
    } catch (ProblemException refused) {
      refuse(exchange, refused);
    }
  }

  private static void refuse(Exchange exchange, ProblemException refused) {
    var status = refused.code().httpStatus();
    if (status == 503 || status == 429) {
      exchange.header("Retry-After", String.valueOf(refused.members().getOrDefault(ProblemAnswer.RETRY_AFTER_SECONDS, 5)));
    }
    var answer = Json.MAPPER.createObjectNode().put("ok", false).put("error", refused.getMessage());
    exchange.end(status, JSON, answer.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable String key(Headers headers) {
    var key = headers.one("idempotency-key");
    return Hooks.usableKey(key != null ? key : headers.one("x-openclaw-idempotency-key"));
  }

  private static boolean namesToken(@Nullable String query) {
    try {
      return QueryString.parse(query).containsKey("token");
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  private static ObjectNode ok() {
    return Json.MAPPER.createObjectNode().put("ok", true);
  }

  private static void plain(Exchange exchange, int status, String words) {
    exchange.end(status, TEXT, words.getBytes(StandardCharsets.UTF_8));
  }
}
