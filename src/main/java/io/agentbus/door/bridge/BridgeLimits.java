package io.agentbus.door.bridge;

import java.time.Duration;

/**
 * What a node keeps for its bridges.
 *
 * @param frame bytes of a frame of a client that is known
 * @param firstFrame bytes of a frame of one that is not yet
 * @param handlers addresses one connection may be registered at
 * @param calls operations one connection may have in flight
 * @param queueBytes bytes that may wait for a slow reader, unless a single frame is larger
 * @param queueFrames frames that may wait for it
 * @param connections open at once, over both transports
 * @param connectionsPerAddress open at once from one address
 * @param login how long a connection may stay without saying who it is
 * @param idle how long one may stay silent; a ping is enough
 * @param halfFrame how long a frame may take from its first byte to its last
 * @param reply how long a request to an agent may stay unanswered
 * @param replies requests to the agents of one connection that may be unanswered
 */
public record BridgeLimits(int frame, int firstFrame, int handlers, int calls, int queueBytes, int queueFrames, int connections,
    int connectionsPerAddress, Duration login, Duration idle, Duration halfFrame, Duration reply, int replies) {
  /** What holds where nobody sets anything. */
  public static final BridgeLimits DEFAULT = new BridgeLimits(2 << 20, 8 << 10, 100, 64, 8 << 20, 10_000, 1_000, 750,
      Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(30), 256);

  /** Frames of one connection that may have arrived and not been looked at. */
  int waitingFrames() {
    return 20_000;
  }

  /** Bytes of them. */
  long waitingBytes() {
    return 2L * frame;
  }
}
