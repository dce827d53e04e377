package io.agentbus.door.rest;

import io.agentbus.http.Exchange;
import io.agentbus.http.MediaTypes;
import io.agentbus.http.ProblemAnswer;
import io.agentbus.http.Site;
import io.agentbus.http.Surface;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * {@code /problems} and {@code /problems/<code>}: what the {@code type} of a refusal resolves to, for people and
 * programs.
 */
final class ProblemPages implements Surface {
  static final String PATH = "/problems";

  /** What a page says of one code. */
  private record Entry(String type, String code, int status, boolean retryable, String meaning, String remedy) {
    static Entry of(ProblemCode code) {
      return new Entry(ProblemAnswer.type(code), code.wire(), code.httpStatus(), code.retryable(), code.meaning(),
          code.remedy());
    }

    /** Texts of the catalogue hold no markup, which a test checks. */
    String html() {
      return "<h1>" + code + "</h1><p>" + meaning + "</p><p>" + remedy + "</p><p>HTTP " + status
          + (retryable ? ", may be tried again unchanged" : "") + "</p>";
    }
  }

  @Override
  public void handle(Exchange exchange) {
    if (exchange.method() != HttpMethod.GET && exchange.method() != HttpMethod.HEAD) {
      throw ProblemException.of(ProblemCode.METHOD_NOT_ALLOWED, "This page can only be read.")
          .with(ProblemAnswer.ALLOW, "GET, HEAD");
    }
    if (exchange.path().equals(PATH)) {
      var all = Arrays.stream(ProblemCode.values()).map(Entry::of).toList();
      answer(exchange, Json.MAPPER.valueToTree(Map.of("items", all)).toString(),
          all.stream().map(Entry::html).reduce("", String::concat));
      return;
    }
    for (var code : ProblemCode.values()) {
      if (exchange.path().equals(ProblemAnswer.type(code))) {
        var entry = Entry.of(code);
        answer(exchange, Json.MAPPER.valueToTree(entry).toString(), entry.html());
        return;
      }
    }
    throw Site.noSuchPath();
  }

  private static void answer(Exchange exchange, String json, String html) {
    var accept = exchange.request().getHeader(HttpHeaders.ACCEPT);
    if (accept != null && accept.contains("text/html")) {
      exchange.end(200, "text/html; charset=utf-8", ("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
          + "<title>agentbus problems</title></head><body>" + html + "</body></html>")
          .getBytes(StandardCharsets.UTF_8));
    } else if (MediaTypes.accepts(accept, "application/json")) {
      exchange.end(200, "application/json", json.getBytes(StandardCharsets.UTF_8));
    } else {
      throw ProblemException.of(ProblemCode.NOT_ACCEPTABLE, "This page is given as application/json or text/html.");
    }
  }
}
