package io.agentbus.webhook.in.scheme;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request as it came: what is signed is these bytes, whatever they mean. */
public record Received(Headers headers, byte[] body) {
  /** The Content-Type without parameters, in lower case; empty when there is none. */
  String mediaType() {
    var type = headers.one("content-type");
    return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  @Nullable String contentType() {
    return headers.one("content-type");
  }

  /** {@code before} and then the body. */
  byte[] bodyAfter(String before) {
    var head = before.getBytes(StandardCharsets.UTF_8);
    var all = new byte[head.length + body.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return all;
  }
}
