/**
 * Bridges from outside onto the bus: JSON frames over TCP ({@link io.agentbus.door.bridge.TcpDoor}) and over SockJS or
 * a plain WebSocket ({@link io.agentbus.door.bridge.SockJsDoor}), in the words of the Vert.x event bus bridges, so that
 * their clients work. Both transports share {@link io.agentbus.door.bridge.BridgeSession}: who is behind a connection,
 * and what it may send and hear. Nothing that a client names reaches an address of the event bus unless it is listed
 * there.
 *
 * <p>Invariant: nothing a client does or leaves undone holds a connection, a thread or memory without a limit.
 */
@NullMarked
package io.agentbus.door.bridge;

import org.jspecify.annotations.NullMarked;
