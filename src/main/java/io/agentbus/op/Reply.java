package io.agentbus.op;

/**
 * The answer of an operation.
 *
 * @param json the output record as UTF-8 JSON
 * @param replayed whether this is the kept answer of an earlier call with the same Idempotency-Key
 */
public record Reply(byte[] json, boolean replayed) {}
