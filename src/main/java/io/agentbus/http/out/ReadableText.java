package io.agentbus.http.out;

import java.nio.charset.StandardCharsets;

/** What others wrote, so that it can stand in a log, a table and a terminal: at most {@link Poster#KEPT} characters, none that steers. */
final class ReadableText {
  private ReadableText() {}

  static String of(byte[] utf8) {
    return of(new String(utf8, StandardCharsets.UTF_8));
  }

  static String of(String text) {
    var readable = new StringBuilder();
    for (var i = 0; i < text.length() && readable.length() < Poster.KEPT; ) {
      var c = text.codePointAt(i);
      switch (Character.getType(c)) {
        case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
            readable.append(c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\r' ? "\\r" : "\\u%04x".formatted(c));
        default -> readable.appendCodePoint(c);
      }
      i += Character.charCount(c);
    }
    var end = Math.min(readable.length(), Poster.KEPT);
    return readable.substring(0, end > 0 && Character.isHighSurrogate(readable.charAt(end - 1)) ? end - 1 : end);
  }
}
