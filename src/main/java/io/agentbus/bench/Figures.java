package io.agentbus.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Medians, percentiles and how numbers are written. */
final class Figures {
  private static final double NANOS_PER_MILLI = 1e6;

  private Figures() {}

  static double median(List<Double> samples) {
    var sorted = samples.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    var middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The smallest time of which {@code share} of all are no longer, in milliseconds. @param nanos not changed; not empty */
  static double percentileMillis(long[] nanos, double share) {
    var sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)] / NANOS_PER_MILLI;
  }

  /** How many a second. */
  static double rate(long count, long nanos) {
    return count * 1e9 / Math.max(1, nanos);
  }

  static double millis(long nanos) {
    return nanos / NANOS_PER_MILLI;
  }

  /** Whole from 100 on, with thousands apart; else three digits. */
  static String text(double value) {
    var size = Math.abs(value);
    return size >= 100 ? String.format(Locale.ROOT, "%,.0f", value)
        : size >= 10 ? String.format(Locale.ROOT, "%.1f", value)
        : size >= 1 || size == 0 ? String.format(Locale.ROOT, "%.2f", value) : String.format(Locale.ROOT, "%.4f", value);
  }
}
