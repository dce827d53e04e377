/**
 * Inboxes: messages addressed to one agent, kept until that agent acknowledges them. {@link io.agentbus.inbox.Inbox} puts messages into
 * boxes, for callers and, within a transaction of theirs, for other features; {@link io.agentbus.inbox.InboxReader} reads them and changes
 * nothing; {@link io.agentbus.inbox.Acknowledgements} ends them or puts them off. Every change of a box locks its row first, which makes its
 * limit exact across nodes and its arrivals an order that readers can follow.
 */
@NullMarked
package io.agentbus.inbox;

import org.jspecify.annotations.NullMarked;
