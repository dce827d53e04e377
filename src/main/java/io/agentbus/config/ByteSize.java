package io.agentbus.config;

import java.util.regex.Pattern;

/** A number of bytes, written as a whole number and one of {@code B KiB MiB GiB}. */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  /** What a refused size should have looked like. */
  public static final String FORM = "must be a whole number and a unit, such as 512B, 256KiB, 4MiB or 1GiB";

  private static final Pattern TEXT = Pattern.compile("(\\d{1,9})(B|KiB|MiB|GiB)");

  /** @throws IllegalArgumentException when negative */
  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is not negative, was " + bytes);
    }
  }

  public static ByteSize ofKiB(long count) {
    return new ByteSize(count << 10);
  }

  public static ByteSize ofMiB(long count) {
    return new ByteSize(count << 20);
  }

  /** @throws IllegalArgumentException when the text is not of the {@link #FORM} */
  public static ByteSize parse(String text) {
    var match = TEXT.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException(FORM);
    }
    var count = Long.parseLong(match.group(1));
    return new ByteSize(switch (match.group(2)) {
      case "KiB" -> count << 10;
      case "MiB" -> count << 20;
      case "GiB" -> count << 30;
      default -> count;
    });
  }

  /** The size as an {@code int}, for buffers. @throws ArithmeticException past 2 GiB */
  public int toInt() {
    return Math.toIntExact(bytes);
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** The shortest text that {@link #parse} reads back to the same size. */
  @Override
  public String toString() {
    if (bytes == 0 || bytes % 1024 != 0) {
      return bytes + "B";
    }
    if (bytes % (1L << 30) == 0) {
      return (bytes >> 30) + "GiB";
    }
    return bytes % (1L << 20) == 0 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
  }
}
