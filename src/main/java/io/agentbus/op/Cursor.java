package io.agentbus.op;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Where a list goes on, as callers see it: opaque, so that nobody builds on what is inside. */
public final class Cursor {
  private Cursor() {}

  public static String of(String inside) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(inside.getBytes(StandardCharsets.UTF_8));
  }

  /** @throws IllegalArgumentException when it is not base64url, or holds what no list ever put into one */
  public static String read(String cursor) {
    var inside = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    if (inside.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a cursor holds no control characters");
    }
    return inside;
  }
}
