/**
 * Requests to addresses that callers named: {@link io.agentbus.http.out.EgressUrl} is what such an address may look like,
 * {@link io.agentbus.http.out.EgressRules} which machines may be reached, {@link io.agentbus.http.out.EgressGuard} finds the
 * addresses of a name and checks them all, and {@link io.agentbus.http.out.Poster} connects to one that was checked.
 *
 * <p>Invariant: nothing is connected to whose address was not checked for this very request, and nothing a receiver does
 * or leaves undone takes longer than the deadline or holds more memory than the limit.
 */
@NullMarked
package io.agentbus.http.out;

import org.jspecify.annotations.NullMarked;
