/**
 * What operators hold back: pauses of a lane, an agent, a namespace. Invariant: a pause is honoured by the claim
 * itself, on every node, from its commit on, because it stands in the rows that the claim reads.
 */
@NullMarked
package io.agentbus.control;

import org.jspecify.annotations.NullMarked;
