/**
 * {@code agentbus demo}: the main job on real work. A node, five worker processes of four agents, real programs of this machine; one
 * job fails for a real cause and is retried, one is blocked and unblocked, one loses its worker to kill -9. The bus is used as any
 * client uses it: over HTTP, with each agent's own token.
 */
@NullMarked
package io.agentbus.demo;

import org.jspecify.annotations.NullMarked;
