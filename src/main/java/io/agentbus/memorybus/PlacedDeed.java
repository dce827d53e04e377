package io.agentbus.memorybus;

import io.agentbus.memorybus.GovernancePolicy.Deed;
import org.jspecify.annotations.Nullable;

/**
 * Something that a change does in a namespace, which the governance there allows, denies or wants approved.
 *
 * @param owner whose the entry is that it is done to, as the journal has him; null for an entry that is yet to be
 */
record PlacedDeed(Place place, Deed deed, @Nullable String owner) {}
