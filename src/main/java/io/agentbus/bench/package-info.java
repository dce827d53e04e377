/**
 * Measures the bus: what {@code agentbus bench} runs. Owns its own home, nodes and load; nothing else uses it.
 *
 * <p>Invariant: every figure stands beside the ceiling that the same Postgres reached in the same run.
 */
@NullMarked
package io.agentbus.bench;

import org.jspecify.annotations.NullMarked;
