package io.agentbus.config;

import java.time.Duration;

/**
 * What the bridges to the event bus allow their clients: over TCP, and over SockJS at {@code /eventbus} of the HTTP port.
 *
 * @param maxConnections open at once, over both; further ones are closed as they come
 * @param maxFrame bytes of what a client says at once; never more than {@code limits.body}
 * @param maxHandlers addresses one connection may listen at
 * @param maxCalls operations one connection may have in flight
 * @param maxQueue bytes that may wait for a client that reads slowly; then it is closed
 * @param idleTimeout a connection on which the client says nothing for so long, not even a ping, is closed
 */
public record BridgeConfig(int maxConnections, ByteSize maxFrame, int maxHandlers, int maxCalls, ByteSize maxQueue, Duration idleTimeout) {
  public BridgeConfig {
    Check.within("bus.bridge.max-connections", maxConnections, 1, 1_000_000);
    Check.within("bus.bridge.max-frame", maxFrame, ByteSize.ofKiB(16), ByteSize.ofMiB(64));
    Check.within("bus.bridge.max-handlers", maxHandlers, 1, 10_000);
    Check.within("bus.bridge.max-calls", maxCalls, 1, 4_096);
    Check.within("bus.bridge.max-queue", maxQueue, ByteSize.ofKiB(64), ByteSize.ofMiB(1_024));
    Check.within("bus.bridge.idle-timeout", idleTimeout, Duration.ofSeconds(1), Duration.ofHours(1));
  }

  public static BridgeConfig defaults() {
    return new BridgeConfig(1_000, ByteSize.ofMiB(2), 100, 64, ByteSize.ofMiB(8), Duration.ofSeconds(60));
  }
}
