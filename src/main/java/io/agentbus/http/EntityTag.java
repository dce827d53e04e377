package io.agentbus.http;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Strong entity tags made from the bytes of an answer. */
public final class EntityTag {
  private EntityTag() {}

  /** The tag of these bytes, with its quotes. */
  public static String of(byte[] body) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(body);
      return '"' + HexFormat.of().formatHex(Arrays.copyOf(digest, 16)) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** Whether an If-None-Match header says that the client has it. */
  public static boolean isHeld(@Nullable String ifNoneMatch, String tag) {
    if (ifNoneMatch == null) {
      return false;
    }
    for (var held : ifNoneMatch.split(",")) {
      var bare = held.strip();
      if (bare.equals("*") || bare.equals(tag) || bare.startsWith("W/") && bare.substring(2).equals(tag)) {
        return true;
      }
    }
    return false;
  }
}
