package io.agentbus.door.webhook;

import io.agentbus.http.Exchange;
import io.agentbus.http.ProblemAnswer;
import io.agentbus.http.ProofGate;
import io.agentbus.http.Site;
import io.agentbus.http.Welcome;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.webhook.in.Receiver;
import io.agentbus.webhook.in.Receiver.Receipt;
import io.agentbus.webhook.in.scheme.Headers;
import io.agentbus.webhook.in.scheme.Received;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * {@code POST /webhooks/<source>}: 202 when it was taken, 200 when it had been before, else problem+json; who proves nothing hears the same
 * whether there is such a source or not. {@code OPTIONS} answers the handshake of CloudEvents webhooks.
 */
public final class WebhookDoor {
  private static final String PATH = "/webhooks/";
  private static final CharSequence JSON = "application/json";
  private static final Pattern SOURCE = Pattern.compile("[a-z0-9][a-z0-9_-]{0,59}");
  private static final Pattern ORIGIN = Pattern.compile("[A-Za-z0-9.:/\\[\\]-]{1,253}");

  private final Receiver receiver;
  private final ProofGate gate;

  /** @param gate counts failed proofs by address; of its own, so that those of other surfaces do not count here */
  public WebhookDoor(Receiver receiver, ProofGate gate) {
    this.receiver = receiver;
    this.gate = gate;
  }

  public void mount(Site site) {
    site.mount("/webhooks", this::handle);
  }

  private void handle(Exchange exchange) {
    var source = exchange.path().startsWith(PATH) ? exchange.path().substring(PATH.length()) : "";
    if (!SOURCE.matcher(source).matches()) {
      throw Site.noSuchPath();
    }
    if (exchange.method() == HttpMethod.OPTIONS) {
      exchange.work(() -> shakeHands(exchange, source));
    } else if (exchange.method() == HttpMethod.POST) {
      var headers = new Headers(exchange.request().headers());
      exchange.workBeforeBody(() -> gate.check(exchange.address(), () -> welcome(receiver.admit(source, headers))), body -> {
        var proven = gate.check(exchange.address(), () -> receiver.prove(source, new Received(headers, body)));
        exchange.actor("source:" + source);
        answer(exchange, receiver.take(proven), headers);
      });
    } else {
      throw ProblemException.of(ProblemCode.METHOD_NOT_ALLOWED, "Webhooks are posted.").with(ProblemAnswer.ALLOW, "POST, OPTIONS");
    }
  }

  private static Welcome welcome(Receiver.Admission admission) {
    return new Welcome(admission.maxBodyBytes(), admission.proven());
  }

  private static void answer(Exchange exchange, Receipt receipt, Headers headers) throws IOException {
    switch (receipt) {
      case Receipt.Challenge challenge -> exchange.end(200, JSON,
          Json.MAPPER.writeValueAsBytes(Json.MAPPER.createObjectNode().put("challenge", challenge.answer())));
      // Slack shows the answer to a command to who gave it, and knows no 2xx but this one.
      case Receipt.Kept kept when headers.one("x-slack-signature") != null -> exchange.end(200);
      case Receipt.Kept kept -> {
        var first = kept.webhooks().getFirst();
        // What ai-memory wants to hear besides a 2xx.
        var answer = Json.MAPPER.createObjectNode().put("ok", true).put("status", "ack");
        if (headers.one("x-ai-memory-timestamp") != null && first.deliveryId() != null) {
          answer.put("correlation_id", first.deliveryId());
        }
        var ids = answer.putArray("webhooks");
        kept.webhooks().forEach(one -> ids.addObject().put("id", one.id().toString()).put("duplicate", one.duplicate()));
        exchange.end(kept.webhooks().stream().allMatch(Receiver.Taken::duplicate) ? 200 : 202, JSON, Json.MAPPER.writeValueAsBytes(answer));
      }
    }
  }

  /** The sender asks whether it may post here; who may is decided by its token. A callback address is never called. */
  private void shakeHands(Exchange exchange, String source) {
    if (!receiver.shakesHands(source)) {
      throw ProblemException.of(ProblemCode.METHOD_NOT_ALLOWED, "Senders of this source do not ask first.").with(ProblemAnswer.ALLOW, "POST");
    }
    var origin = exchange.request().getHeader("WebHook-Request-Origin");
    if (origin == null || !ORIGIN.matcher(origin).matches()) {
      throw ProblemException.invalid("", "The header WebHook-Request-Origin must name the sender.");
    }
    exchange.header("WebHook-Allowed-Origin", origin).header("Allow", "POST, OPTIONS");
    if (exchange.request().headers().contains("WebHook-Request-Rate")) {
      exchange.header("WebHook-Allowed-Rate", "*");
    }
    exchange.end(200, JSON, new byte[0]);
  }
}
