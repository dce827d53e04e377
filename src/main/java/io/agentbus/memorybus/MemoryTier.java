package io.agentbus.memorybus;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long an entry lives, the shortest first. */
enum MemoryTier {
  SHORT(Duration.ofHours(6)), MID(Duration.ofDays(7)), LONG(null);

  private final @Nullable Duration lifetime;

  MemoryTier(@Nullable Duration lifetime) {
    this.lifetime = lifetime;
  }

  /** The tier of a word of the schema; null is mid. */
  static MemoryTier of(@Nullable String word) {
    return switch (word) {
      case "short" -> SHORT;
      case "long" -> LONG;
      case null, default -> MID;
    };
  }

  String word() {
    return switch (this) {
      case SHORT -> "short";
      case MID -> "mid";
      case LONG -> "long";
    };
  }

  /** Seconds from now; null = for good. */
  @Nullable Double seconds() {
    return lifetime == null ? null : (double) lifetime.toSeconds();
  }
}
