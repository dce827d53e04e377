package io.agentbus.config;

/**
 * The TCP bridge to the event bus; it listens on {@code http.listen}.
 *
 * @param port 0 = any free port
 */
public record BusConfig(int port) {
  public BusConfig {
    Check.within("bus.port", port, 0, 65_535);
  }

  public static BusConfig defaults() {
    return new BusConfig(7071);
  }
}
