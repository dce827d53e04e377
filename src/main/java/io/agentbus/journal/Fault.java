package io.agentbus.journal;

import org.jspecify.annotations.Nullable;

/**
 * Something about the journal that is not as it was sealed.
 *
 * @param position where; null for a row that has no position
 * @param journalId id of the row; null where there is none
 * @param what kind
 * @param detail one sentence
 */
public record Fault(@Nullable Long position, @Nullable Long journalId, What what, String detail) {
  /** The kinds of faults. */
  public enum What {
    /** A row does not say what it said when it was sealed. */
    EDITED,
    /** A row is gone. */
    MISSING,
    /** A row is there that was never sealed, where none can have come later. */
    INSERTED,
    /** A row stands where another was sealed. */
    REORDERED,
    /** A seal was changed, does not follow the one before, or is not signed by a known key. */
    SEAL_BROKEN,
    /** Seals are gone. */
    SEALS_MISSING
  }
}
