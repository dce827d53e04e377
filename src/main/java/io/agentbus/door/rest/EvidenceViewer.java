package io.agentbus.door.rest;

import io.agentbus.http.EntityTag;
import io.agentbus.http.Exchange;
import io.agentbus.http.ProblemAnswer;
import io.agentbus.http.Site;
import io.agentbus.http.Surface;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * {@code /evidence}: how a person looks at a campaign in a browser. The page itself holds nothing and needs no token; its script asks for one,
 * or takes it from behind the {@code #} of the address, which a browser does not send, and shows the evidence page anew whenever the events of
 * the campaign's namespace say that something happened.
 */
final class EvidenceViewer implements Surface {
  static final String PATH = "/evidence";
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private record Content(String type, byte[] bytes, String tag) {}

  private final Map<String, Content> files = new TreeMap<>();

  EvidenceViewer() {
    add(PATH, "text/html; charset=utf-8", "viewer.html");
    add(PATH + "/viewer.js", "text/javascript; charset=utf-8", "viewer.js");
    add(PATH + "/page.css", "text/css; charset=utf-8", "page.css");
  }

  private void add(String path, String type, String name) {
    try (var file = EvidenceViewer.class.getResourceAsStream("/evidence/" + name)) {
      var bytes = Objects.requireNonNull(file, name).readAllBytes();
      files.put(path, new Content(type, bytes, EntityTag.of(bytes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void handle(Exchange exchange) {
    var file = files.get(exchange.path());
    if (file == null) {
      throw Site.noSuchPath();
    }
    if (exchange.method() != HttpMethod.GET && exchange.method() != HttpMethod.HEAD) {
      throw ProblemException.of(ProblemCode.METHOD_NOT_ALLOWED, "This page can only be read.").with(ProblemAnswer.ALLOW, "GET, HEAD");
    }
    exchange.header(HttpHeaders.ETAG, file.tag()).header(HttpHeaders.CACHE_CONTROL, "no-cache").header("Content-Security-Policy", POLICY);
    if (EntityTag.isHeld(exchange.request().getHeader(HttpHeaders.IF_NONE_MATCH), file.tag())) {
      exchange.end(304);
    } else {
      exchange.end(200, file.type(), file.bytes());
    }
  }
}
