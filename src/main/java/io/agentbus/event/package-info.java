/**
 * Events: append-only facts with a topic. What callers emit is kept in {@code event_facts}; what the bus says of jobs and
 * agents (topics {@code job.*} and {@code agent.*}) is the journal, seen through the view {@code events}. Both are read in the order of
 * the journal's positions, which the sequencer gives after commit and which never change.
 */
@NullMarked
package io.agentbus.event;

import org.jspecify.annotations.NullMarked;
