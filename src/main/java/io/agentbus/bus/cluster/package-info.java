/**
 * Several nodes on one event bus. The only package that knows by which library: a node that is no member of a cluster
 * loads nothing of it.
 */
@NullMarked
package io.agentbus.bus.cluster;

import org.jspecify.annotations.NullMarked;
