package io.agentbus.insight;

import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Which part of the journal to check. */
public record VerifyJournal(
    @Field(value = "Begin with the seal that covers this position; send next_position of the answer before to go on.", min = 1, def = "1")
        @Nullable Long fromPosition,
    @Field(value = "Stop at the first seal that ends behind so many rows.", min = 1, max = VerifyJournal.MAX, def = "100000") @Nullable Integer limit) {
  /** Most rows checked in one call. */
  public static final int MAX = 1_000_000;
}
