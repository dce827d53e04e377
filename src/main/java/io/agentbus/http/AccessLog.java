package io.agentbus.http;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One line for each answer, on the logger {@code access}: served ones at DEBUG, refused ones at INFO. It names no query
 * values, no headers that carry secrets and no bodies, and what a client chose is cleaned and cut.
 */
final class AccessLog {
  private static final Logger LOG = LoggerFactory.getLogger("access");
  private static final int LONGEST = 200;

  private AccessLog() {}

  static void write(Exchange exchange, int status, long bytes) {
    var level = status < 400 ? Level.DEBUG : Level.INFO;
    if (!LOG.isEnabledForLevel(level)) {
      return;
    }
    var line = LOG.atLevel(level)
        .addKeyValue("method", exchange.method().name())
        .addKeyValue("path", clean(exchange.path()))
        .addKeyValue("status", status)
        .addKeyValue("bytes", bytes)
        .addKeyValue("ms", exchange.millis())
        .addKeyValue("address", exchange.address())
        .addKeyValue("actor", exchange.actor())
        .addKeyValue("request_id", exchange.requestId());
    var trace = exchange.request().getHeader("traceparent");
    if (trace != null && isTraceparent(trace)) {
      line = line.addKeyValue("traceparent", trace);
    }
    line.log(status < 400 ? "served" : "refused");
  }

  /** Text of a client made fit for a log line or an answer: printable ASCII, cut to 200 characters. */
  static String clean(String text) {
    var out = new StringBuilder(Math.min(text.length(), LONGEST + 3));
    for (var at = 0; at < text.length() && at < LONGEST; at++) {
      var c = text.charAt(at);
      out.append(c >= 0x20 && c < 0x7f ? c : '?');
    }
    return text.length() > LONGEST ? out.append("...").toString() : out.toString();
  }

  /** W3C form: {@code 00-<32 hex>-<16 hex>-<2 hex>}. */
  private static boolean isTraceparent(String value) {
    if (value.length() != 55) {
      return false;
    }
    for (var at = 0; at < 55; at++) {
      var c = value.charAt(at);
      var dash = at == 2 || at == 35 || at == 52;
      if (dash ? c != '-' : !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }
}
