package io.agentbus.contract;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A call that is taken.
 *
 * @param token who calls; empty = nobody says
 * @param staleFence fence of an earlier attempt of the job in {@code input}; 0 when it names none
 */
record Sample(String token, ObjectNode input, long staleFence) {}
