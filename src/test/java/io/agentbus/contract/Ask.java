package io.agentbus.contract;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What is said at a door.
 *
 * @param token who calls; empty = nobody says
 * @param input what is sent
 * @param key the Idempotency-Key; empty = none
 */
record Ask(String token, ObjectNode input, String key) {}
