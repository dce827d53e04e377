/**
 * Insight: what happened, who read, wrote and acted, whether the record of it is whole, and whether the bus is well. Reads what other
 * features write; writes only seals, read marks and heartbeats. Nothing here is on the way of a job.
 */
@NullMarked
package io.agentbus.insight;

import org.jspecify.annotations.NullMarked;
