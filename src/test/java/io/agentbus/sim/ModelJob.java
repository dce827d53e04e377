package io.agentbus.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One job as the model sees it. */
final class ModelJob {
  /** Where a job stands. */
  enum Status {
    WAITING, QUEUED, LEASED, RUNNING, BLOCKED, SUCCEEDED, FAILED, DEAD, CANCELLED;

    boolean ended() {
      return compareTo(SUCCEEDED) >= 0;
    }

    boolean held() {
      return this == LEASED || this == RUNNING;
    }

    boolean endedBadly() {
      return ended() && this != SUCCEEDED;
    }

    String wire() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** Whom a job is for. @param kind agent, capability or any; the field that says so is target_ and this */
  record Target(String kind, String name) {
    static final Target ANY = new Target("any", "");
  }

  /** The open attempt. */
  record Held(String agent, long fence, @Nullable UUID claimId) {}

  /** A closed attempt, or an end without one. @param fence null when only the bus knows it */
  record Closed(@Nullable Long fence, int attempt, @Nullable String status, boolean counted, Status after, String verb, @Nullable String agent) {
    /** Whether this row of the table is what the model expects. */
    boolean isLike(Closed expected) {
      return equals(expected.fence() == null ? new Closed(fence, expected.attempt(), expected.status(), expected.counted(), expected.after(),
          expected.verb(), expected.agent()) : expected);
    }
  }

  final String source;
  final @Nullable String key;
  final int maxAttempts;
  /** What it waits for, and whether that was dropped. */
  final Map<ModelJob, Boolean> dependencies = new LinkedHashMap<>();
  final List<Closed> closed = new ArrayList<>();
  @Nullable UUID id;
  Target target;
  int priority;
  /** Place in time: the model's clock when it may run; later jobs have greater values. */
  long due;
  /** Whether it may run only in the far future. */
  boolean delayed;
  Status status;
  int used;
  @Nullable Held held;
  /** Whether the lease is past its end. */
  boolean lapsed;
  boolean blockedByDependency;
  /** What its review does when it is blocked with one: requeue or dead. */
  @Nullable String review;
  long lastFence;

  ModelJob(String source, Target target, int priority, int maxAttempts, @Nullable String key, long due, boolean delayed) {
    this.source = source;
    this.target = target;
    this.priority = priority;
    this.maxAttempts = maxAttempts;
    this.key = key;
    this.due = due;
    this.delayed = delayed;
    this.status = Status.QUEUED;
  }

  /** Attempts used up, the open one included. */
  int attemptCount() {
    return status.held() ? used + 1 : used;
  }

  boolean dependsOnSomething() {
    return dependencies.containsValue(false);
  }

  UUID knownId() {
    return java.util.Objects.requireNonNull(id);
  }
}
