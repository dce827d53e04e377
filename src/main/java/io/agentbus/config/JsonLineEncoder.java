package io.agentbus.config;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a log event as one JSON object on one line: {@code time, level, logger, message}, the event's key-value pairs
 * and MDC entries as further top-level keys, and {@code exception} with the stack.
 *
 * <p>Whatever stands in a message, it stays one line of printable text: control characters, line separators and
 * direction overrides are escaped, and long texts are cut with the number of characters that were left out.
 */
public final class JsonLineEncoder extends EncoderBase<ILoggingEvent> {
  static final int MESSAGE_MAX = 8_192;
  static final int VALUE_MAX = 2_048;
  static final int STACK_MAX = 16_384;
  static final int KEYS_MAX = 64;

  private static final byte[] NONE = {};

  @Override
  public byte[] headerBytes() {
    return NONE;
  }

  @Override
  public byte[] footerBytes() {
    return NONE;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    var line = new StringBuilder(256);
    line.append("{\"time\":\"").append(event.getInstant().truncatedTo(ChronoUnit.MILLIS)).append("\",\"level\":\"")
        .append(event.getLevel()).append('"');
    var seen = new HashSet<>(Set.of("time", "level", "logger", "message", "exception"));
    var logger = event.getLoggerName();
    text(key(line, "logger"), logger.substring(logger.lastIndexOf('.') + 1), VALUE_MAX);
    text(key(line, "message"), event.getFormattedMessage(), MESSAGE_MAX);
    if (event.getKeyValuePairs() != null) {
      event.getKeyValuePairs().forEach(pair -> pair(line, seen, pair.key, pair.value));
    }
    event.getMDCPropertyMap().forEach((name, value) -> pair(line, seen, name, value));
    if (event.getThrowableProxy() != null) {
      text(key(line, "exception"), ThrowableProxyUtil.asString(event.getThrowableProxy()), STACK_MAX);
    }
    return line.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * A key that is taken already is left out: the first one said wins, and the line stays an object with distinct keys.
   */
  private static void pair(StringBuilder line, Set<String> seen, String name, @Nullable Object value) {
    if (seen.size() >= KEYS_MAX || !seen.add(name)) {
      return;
    }
    key(line, name);
    switch (value) {
      case null -> line.append("null");
      case Boolean bool -> line.append(bool);
      case Integer number -> line.append(number);
      case Long number -> line.append(number);
      case Double number when Double.isFinite(number) -> line.append(number);
      default -> text(line, String.valueOf(value), VALUE_MAX);
    }
  }

  private static StringBuilder key(StringBuilder line, String name) {
    line.append(',');
    return text(line, name, 64).append(':');
  }

  private static StringBuilder text(StringBuilder line, @Nullable String text, int max) {
    if (text == null) {
      return line.append("null");
    }
    line.append('"');
    var end = Math.min(text.length(), max);
    for (var i = 0; i < end; i++) {
      var c = text.charAt(i);
      switch (c) {
        case '"' -> line.append("\\\"");
        case '\\' -> line.append("\\\\");
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        default -> {
          if (isPlain(c, i + 1 < end ? text.charAt(i + 1) : 0, i > 0 ? text.charAt(i - 1) : 0)) {
            line.append(c);
          } else {
            line.append(String.format("\\u%04x", (int) c));
          }
        }
      }
    }
    if (end < text.length()) {
      line.append("... (").append(text.length() - end).append(" more characters)");
    }
    return line.append('"');
  }

  /**
   * False for what a terminal or a line reader would act on, and for half a surrogate pair, which UTF-8 cannot hold.
   */
  private static boolean isPlain(char c, char next, char before) {
    if (Character.isHighSurrogate(c)) {
      return Character.isLowSurrogate(next);
    }
    if (Character.isLowSurrogate(c)) {
      return Character.isHighSurrogate(before);
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
      default -> true;
    };
  }
}
