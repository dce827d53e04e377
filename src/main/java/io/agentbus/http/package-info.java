/**
 * The HTTP server that every web surface stands on. {@link io.agentbus.http.WebServer} listens and bounds connections,
 * {@link io.agentbus.http.SecurityGate} refuses what no surface may see, {@link io.agentbus.http.Site} picks the
 * surface, and {@link io.agentbus.http.Exchange} is one request and its one answer.
 *
 * <p>Invariant: nothing a client does or leaves undone holds a connection, a thread or memory without a limit.
 */
@NullMarked
package io.agentbus.http;

import org.jspecify.annotations.NullMarked;
