package io.agentbus.bus;

import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * A queue got jobs that may be claimed now.
 *
 * @param queueId the queue
 * @param rank lowest rank among them (1000 - priority); 0 when not known, which means: look from the start of the line
 * @param runAfter earliest run_after among them, or null when not known
 * @param count how many, at least 1
 */
public record ReadyHint(int queueId, int rank, @Nullable OffsetDateTime runAfter, int count) {}
