package io.agentbus.op;

import org.jspecify.annotations.Nullable;

/**
 * The answer of an operation.
 *
 * @param json the output record as UTF-8 JSON
 * @param replayed whether this is the kept answer of an earlier call with the same Idempotency-Key
 * @param output the record itself; null when only its JSON is known
 */
public record Reply(byte[] json, boolean replayed, @Nullable Object output) {
  /** An answer of which only the JSON is known. */
  Reply(byte[] json, boolean replayed) {
    this(json, replayed, null);
  }
}
