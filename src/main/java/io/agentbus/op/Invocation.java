package io.agentbus.op;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One call as a door hands it in.
 *
 * @param operation name in the catalogue
 * @param caller who, from the token
 * @param input the input record as JSON, not yet checked
 * @param idempotencyKey the caller's key for safe repetition, or null
 * @param requestId for logs and answers
 */
public record Invocation(String operation, Caller caller, ObjectNode input, @Nullable String idempotencyKey,
    String requestId) {}
