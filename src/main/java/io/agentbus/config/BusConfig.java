package io.agentbus.config;

/**
 * The event bus: its TCP bridge, which listens on {@code http.listen}, and whether several nodes share it.
 *
 * @param port of the bridge; 0 = any free port
 * @param bridge what clients of the bridges may do
 * @param cluster the nodes that share one event bus
 */
public record BusConfig(int port, BridgeConfig bridge, ClusterConfig cluster) {
  public BusConfig {
    Check.within("bus.port", port, 0, 65_535);
  }

  public static BusConfig defaults() {
    return new BusConfig(7071, BridgeConfig.defaults(), ClusterConfig.defaults());
  }
}
