package io.agentbus.door.rest;

import io.agentbus.campaign.HtmlPage;
import io.agentbus.http.BearerGate;
import io.agentbus.http.EntityTag;
import io.agentbus.http.Exchange;
import io.agentbus.http.MediaTypes;
import io.agentbus.http.QueryString;
import io.agentbus.op.Catalogue;
import io.agentbus.op.Invocation;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.http.HttpHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * {@code GET /api/v1/campaigns/{campaign_id}/evidence.html} and {@code evidence.md}: the page of {@code get_campaign} by itself. Its tag changes
 * with its content only. A page holds what agents wrote, so that its policy lets it load and run nothing.
 */
final class EvidencePages {
  private static final String PATH = "/campaigns/{campaign_id}/evidence.";
  private static final String POLICY = "default-src 'none'; style-src '" + hash(HtmlPage.STYLE) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Catalogue catalogue;
  private final BearerGate bearer;

  private EvidencePages(Catalogue catalogue, BearerGate bearer) {
    this.catalogue = catalogue;
    this.bearer = bearer;
  }

  /** Adds both routes. @param add takes the path below the base of the API and what serves it */
  static void addTo(BiConsumer<String, BiConsumer<Exchange, List<String>>> add, Catalogue catalogue, BearerGate bearer) {
    var pages = new EvidencePages(catalogue, bearer);
    add.accept(PATH + "html", (exchange, values) -> pages.receive(exchange, values.getFirst(), "html", "text/html"));
    add.accept(PATH + "md", (exchange, values) -> pages.receive(exchange, values.getFirst(), "markdown", "text/markdown"));
  }

  private void receive(Exchange exchange, String campaign, String format, String type) {
    var request = exchange.request();
    if (!request.headers().contains(HttpHeaders.AUTHORIZATION)) {
      throw RestDoor.unauthenticated();
    }
    if (!MediaTypes.accepts(request.getHeader(HttpHeaders.ACCEPT), type)) {
      throw ProblemException.of(ProblemCode.NOT_ACCEPTABLE, "This page is " + type + ".");
    }
    if (exchange.query() != null && !exchange.query().isEmpty()) {
      throw ProblemException.invalid("", "This page takes no parameters.");
    }
    exchange.work(() -> answer(exchange, QueryString.segment(campaign), format, type));
  }

  private void answer(Exchange exchange, String campaign, String format, String type) throws IOException {
    var input = Json.MAPPER.createObjectNode().put("campaign_id", campaign).put("format", format);
    var reply = catalogue.invoke(new Invocation("get_campaign", bearer.callerOf(exchange), input, null, exchange.requestId()));
    var page = Json.MAPPER.readTree(reply.json()).path("document").asText().getBytes(StandardCharsets.UTF_8);
    var tag = EntityTag.of(page);
    exchange.header(HttpHeaders.ETAG, tag).header(HttpHeaders.CACHE_CONTROL, "private, no-cache");
    if (EntityTag.isHeld(exchange.request().getHeader(HttpHeaders.IF_NONE_MATCH), tag)) {
      exchange.end(304);
      return;
    }
    exchange.header("Content-Security-Policy", POLICY);
    exchange.end(200, type + "; charset=utf-8", page);
  }

  private static String hash(String style) {
    try {
      return "sha256-" + Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
