/**
 * The journal as words: what a change of state is, and by which rules its rows are sealed. Holds no SQL; the rows are written by the
 * statement of each change, and read by {@code io.agentbus.event} and {@code io.agentbus.insight}.
 */
@NullMarked
package io.agentbus.journal;

import org.jspecify.annotations.NullMarked;
