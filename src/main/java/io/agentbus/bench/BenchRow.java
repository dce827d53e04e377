package io.agentbus.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One figure of a run.
 *
 * @param id for programs, such as {@code local.drain}
 * @param name for people
 * @param unit of value, samples and ceiling
 * @param samples in the order in which they were taken; the value is their median
 * @param ceiling what the value is compared with, measured in the same run; null = nothing
 * @param target what the product promises; null = nothing
 */
record BenchRow(String id, String name, String unit, List<Double> samples, @Nullable Ceiling ceiling, @Nullable Target target) {
  BenchRow {
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("the row " + id + " has no samples");
    }
    samples = List.copyOf(samples);
  }

  /** What a value is compared with. */
  record Ceiling(String id, double value) {}

  /** A promise about a value, or about its ratio to the ceiling. */
  record Target(Subject subject, boolean atLeast, double bound) {
    enum Subject {
      VALUE, RATIO
    }

    String words() {
      return (subject == Subject.RATIO ? "ratio " : "") + (atLeast ? ">= " : "<= ") + Figures.text(bound);
    }
  }

  static BenchRow of(String id, String name, String unit, List<Double> samples) {
    return new BenchRow(id, name, unit, samples, null, null);
  }

  static BenchRow of(String id, String name, String unit, double value) {
    return of(id, name, unit, List.of(value));
  }

  /** The same beside what it can be compared with; a row that was not measured is no ceiling. */
  BenchRow under(@Nullable BenchRow row) {
    return row == null ? this : new BenchRow(id, name, unit, samples, new Ceiling(row.id, row.value()), target);
  }

  BenchRow atLeast(double bound) {
    return promised(new Target(Target.Subject.VALUE, true, bound));
  }

  BenchRow atMost(double bound) {
    return promised(new Target(Target.Subject.VALUE, false, bound));
  }

  BenchRow ratioAtLeast(double bound) {
    return promised(new Target(Target.Subject.RATIO, true, bound));
  }

  private BenchRow promised(Target promise) {
    return new BenchRow(id, name, unit, samples, ceiling, promise);
  }

  double value() {
    return Figures.median(samples);
  }

  /** Value by ceiling, or null without one. */
  @Nullable Double ratio() {
    return ceiling == null || ceiling.value() == 0 ? null : value() / ceiling.value();
  }

  /** Whether the promise is kept; null without one, or without what it is about. */
  @Nullable Boolean kept() {
    if (target == null) {
      return null;
    }
    var about = target.subject() == Target.Subject.RATIO ? ratio() : Double.valueOf(value());
    return about == null ? null : target.atLeast() ? about >= target.bound() : about <= target.bound();
  }
}
