/**
 * Who works here: namespaces, agents, their tokens and when they were last seen. Invariant: an agent is known only by a
 * token that was made for it; no body can make a caller another one, and no token grants what its maker lacked.
 */
@NullMarked
package io.agentbus.agent;

import org.jspecify.annotations.NullMarked;
