package io.agentbus.http;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Refuses, before any surface sees them, requests that a rebinding page, a foreign origin or a confused proxy could
 * send, and gives every answer the headers that keep a browser from misreading it. A surface that serves pages sets a
 * wider Content-Security-Policy itself.
 */
final class SecurityGate {
  private static final CharSequence NOSNIFF_NAME = HttpHeaders.createOptimized("X-Content-Type-Options");
  private static final CharSequence NOSNIFF = HttpHeaders.createOptimized("nosniff");
  private static final CharSequence REFERRER_NAME = HttpHeaders.createOptimized("Referrer-Policy");
  private static final CharSequence REFERRER = HttpHeaders.createOptimized("no-referrer");
  private static final CharSequence CSP_NAME = HttpHeaders.createOptimized("Content-Security-Policy");
  private static final CharSequence CSP = HttpHeaders.createOptimized("default-src 'none'; frame-ancestors 'none'");
  private static final CharSequence RESOURCE_NAME = HttpHeaders.createOptimized("Cross-Origin-Resource-Policy");
  private static final CharSequence RESOURCE = HttpHeaders.createOptimized("same-origin");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");

  private static final List<CharSequence> TOLD_ONCE = List.of(HttpHeaders.AUTHORIZATION, HttpHeaders.ORIGIN,
      HttpHeaders.CONTENT_TYPE, HttpHeaders.CONTENT_ENCODING);

  private final HttpSettings settings;
  private final Set<String> origins;
  private volatile Set<String> hosts = Set.of();
  private volatile int port;

  SecurityGate(HttpSettings settings) {
    this.settings = settings;
    this.origins = Set.copyOf(settings.allowedOrigins());
  }

  /** Says on which port the server really listens, on which the names allowed depend. */
  void listeningOn(int actual) {
    var names = new HashSet<String>();
    var standardPort = settings.listen().tls() ? 443 : 80;
    for (var name : List.of("localhost", "127.0.0.1", "[::1]", bracketed(settings.listen().host()))) {
      names.add(name + ":" + actual);
      if (actual == standardPort) {
        names.add(name);
      }
    }
    for (var configured : settings.allowedHosts()) {
      var name = configured.toLowerCase(Locale.ROOT);
      names.add(name);
      if (name.lastIndexOf(':') <= name.lastIndexOf(']')) {
        names.add(name + ":" + actual);
      }
    }
    hosts = Set.copyOf(names);
    port = actual;
  }

  private static String bracketed(String host) {
    return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host).toLowerCase(Locale.ROOT);
  }

  /** Sets the headers that every answer has. */
  void dress(Exchange exchange) {
    exchange.response().headers()
        .set(RequestIds.HEADER, exchange.requestId())
        .set(NOSNIFF_NAME, NOSNIFF)
        .set(REFERRER_NAME, REFERRER)
        .set(CSP_NAME, CSP)
        .set(RESOURCE_NAME, RESOURCE)
        .set(HttpHeaders.CACHE_CONTROL, NO_STORE);
  }

  /** Refuses what must not pass. */
  void admit(Exchange exchange) {
    dress(exchange);
    var request = exchange.request();
    checkHost(request);
    checkOrigin(request);
    RequestPath.check(request.uri(), request.method() == HttpMethod.OPTIONS);
    checkFraming(exchange);
    checkTold(request);
    if (request.method() == HttpMethod.TRACE || request.method() == HttpMethod.CONNECT) {
      throw ProblemException.of(ProblemCode.METHOD_NOT_ALLOWED, "The method " + request.method() + " is not served.")
          .with(ProblemAnswer.ALLOW, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    }
  }

  private void checkHost(HttpServerRequest request) {
    var given = request.headers().getAll(HttpHeaders.HOST);
    if (given.size() > 1 || given.isEmpty() && request.version() == HttpVersion.HTTP_1_1) {
      throw ProblemException.invalid("", "A request carries exactly one Host header; this one has " + given.size()
          + ".");
    }
    var host = given.isEmpty() ? "" : given.getFirst();
    if (!isOurs(host, request)) {
      throw ProblemException.of(ProblemCode.MISDIRECTED, "This node does not answer for the host '"
          + AccessLog.clean(host) + "'.");
    }
  }

  private boolean isOurs(String host, HttpServerRequest request) {
    var known = hosts;
    return known.contains(host) || known.contains(host.toLowerCase(Locale.ROOT)) || isLocalAddress(host, request);
  }

  /** An address as a literal cannot be rebound, so the one the client has really reached is fine. */
  private boolean isLocalAddress(String host, HttpServerRequest request) {
    var local = request.connection().localAddress();
    return local != null && local.hostAddress() != null && host.equals(bracketed(local.hostAddress()) + ":" + port);
  }

  private void checkOrigin(HttpServerRequest request) {
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin == null || origins.contains(origin)) {
      return;
    }
    var rest = origin.startsWith("http://") ? origin.substring(7)
        : origin.startsWith("https://") ? origin.substring(8) : "";
    if (rest.isEmpty() || !isOurs(rest, request)) {
      throw ProblemException.of(ProblemCode.FORBIDDEN, "Pages of the origin '" + AccessLog.clean(origin)
          + "' may not call this node.");
    }
  }

  /** The parser has its own view of where a body ends; where another reader could have another, nothing more is read. */
  private static void checkFraming(Exchange exchange) {
    var headers = exchange.request().headers();
    if (headers.contains(HttpHeaders.TRANSFER_ENCODING)) {
      if (headers.contains(HttpHeaders.CONTENT_LENGTH)) {
        exchange.beLast();
        throw ProblemException.invalid("", "A request carries Content-Length or Transfer-Encoding, not both.");
      }
      var codings = headers.getAll(HttpHeaders.TRANSFER_ENCODING);
      if (codings.size() > 1 || !"chunked".equalsIgnoreCase(codings.getFirst())) {
        exchange.beLast();
        throw ProblemException.invalid("", "The only Transfer-Encoding read here is 'chunked'.");
      }
    }
    // Some proxies stop reading headers at one without a name.
    if (headers.contains("")) {
      exchange.beLast();
      throw ProblemException.invalid("", "A header has a name.");
    }
  }

  /** What decides about a request is told once: the next reader could take the other one. */
  private static void checkTold(HttpServerRequest request) {
    var headers = request.headers();
    for (var name : TOLD_ONCE) {
      if (headers.contains(name) && headers.getAll(name).size() > 1) {
        throw ProblemException.invalid("", "A request carries the header " + name + " once.");
      }
    }
    var encoding = headers.get(HttpHeaders.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw ProblemException.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE,
          "The Content-Encoding '" + AccessLog.clean(encoding) + "' is not read here; send the body as it is.");
    }
  }
}
