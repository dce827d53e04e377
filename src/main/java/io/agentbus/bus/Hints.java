package io.agentbus.bus;

import java.util.List;

/**
 * Hints of one node that travel together. Each hint has a number, and each way to other nodes carries all of them in their order, so
 * that who hears by two ways can tell what is news.
 *
 * @param queues that got claimable jobs
 * @param boxes numbers of agents that got messages
 * @param room whether inboxes that were full have room again
 * @param news whether the journal grew
 * @param changes whether agents, tokens or pauses changed
 * @param after these hints are all those with a greater number than this,
 * @param upTo and none with a greater one than this; the same as {@code after} when some of them are still to come
 */
record Hints(List<Integer> queues, List<Integer> boxes, boolean room, boolean news, boolean changes, long after, long upTo) {}
