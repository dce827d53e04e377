package io.agentbus.webhook.in.scheme;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request as it came: what is signed is these bytes, whatever they mean. */
public record Received(Headers headers, byte[] body) {
  /** Bytes of a body above which no tree is made of the whole of it. */
  public static final int LARGE = 1 << 20;

  /** Whether what is read of the body is only a sketch of it. */
  public boolean isLarge() {
    return body.length > LARGE;
  }

  /** What a large request says, whole, as JSON. */
  public byte[] raw() {
    return Bodies.raw(this);
  }

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
