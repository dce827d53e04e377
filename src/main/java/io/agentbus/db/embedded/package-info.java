/**
 * The Postgres that a node brings along for a machine that has none: unpacking, making the cluster, starting, adopting
 * and stopping the server. What is committed survives the end of the node, of the server and of the machine. Everything
 * lives in the {@code postgres} folder of one home; the binaries may be shared.
 */
@NullMarked
package io.agentbus.db.embedded;

import org.jspecify.annotations.NullMarked;
