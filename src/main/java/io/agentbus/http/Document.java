package io.agentbus.http;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A document that does not change while the node runs, such as {@code /openapi.json}. It is made when first asked for,
 * so that the start of a node does not wait for it.
 */
public final class Document implements Surface {
  private final String path;
  private final CharSequence contentType;
  private final Supplier<byte[]> content;
  private volatile @Nullable Made made;

  private record Made(byte[] content, String tag) {}

  /**
   * @param path the one path it is served at
   * @param content makes it; called on a virtual thread, once
   */
  public Document(String path, String contentType, Supplier<byte[]> content) {
    this.path = path;
    this.contentType = HttpHeaders.createOptimized(contentType);
    this.content = content;
  }

  @Override
  public void handle(Exchange exchange) {
    if (!exchange.path().equals(path)) {
      throw Site.noSuchPath();
    }
    if (exchange.method() != HttpMethod.GET && exchange.method() != HttpMethod.HEAD) {
      throw ProblemException.of(ProblemCode.METHOD_NOT_ALLOWED, "This document can only be read.")
          .with(ProblemAnswer.ALLOW, "GET, HEAD");
    }
    var ready = made;
    if (ready == null) {
      exchange.work(() -> answer(exchange, make()));
    } else {
      answer(exchange, ready);
    }
  }

  /** Many may ask for the first time at once, without a token: the others wait. */
  private synchronized Made make() {
    var already = made;
    if (already != null) {
      return already;
    }
    var bytes = content.get();
    var fresh = new Made(bytes, EntityTag.of(bytes));
    made = fresh;
    return fresh;
  }

  private void answer(Exchange exchange, Made document) {
    exchange.header(HttpHeaders.ETAG, document.tag()).header(HttpHeaders.CACHE_CONTROL, "no-cache");
    if (EntityTag.isHeld(exchange.request().getHeader(HttpHeaders.IF_NONE_MATCH), document.tag())) {
      exchange.end(304);
    } else {
      exchange.end(200, contentType, document.content());
    }
  }
}
