package io.agentbus.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * Everything an operator sets for one node. {@code conf/agentbus.yaml} lists every key with its default, unit and
 * reason.
 *
 * @param verticles by descriptor name, the keys of {@code verticles/<name>.yaml} under {@code config} that differ on
 *     this node; they are read against the verticle's own record when it is deployed
 */
public record AgentbusConfig(NodeConfig node, HttpConfig http, BusConfig bus, McpConfig mcp, DatabaseConfig database,
    LimitsConfig limits, JobsConfig jobs, SecretsConfig secrets, WebhooksConfig webhooks,
    LoggingConfig logging, Map<String, JsonNode> verticles) {

  public AgentbusConfig {
    verticles = Map.copyOf(verticles);
    Check.that(http.port() == 0 || http.port() != bus.port(), "bus.port", bus.port(), "must differ from http.port");
    var cluster = bus.cluster();
    if (cluster.enabled()) {
      differ("bus.cluster.port", cluster.port(), http.port(), bus.port());
      differ("bus.cluster.bus-port", cluster.busPort(), http.port(), bus.port());
    }
    Check.within("jobs.default-lease", jobs.defaultLease(), limits.leaseMin(), limits.leaseMax());
  }

  private static void differ(String key, int port, int http, int bridge) {
    Check.that(port == 0 || port != http && port != bridge, key, port, "must differ from http.port and bus.port");
  }

  public static AgentbusConfig defaults() {
    return new AgentbusConfig(NodeConfig.defaults(), HttpConfig.defaults(), BusConfig.defaults(),
        McpConfig.defaults(), DatabaseConfig.defaults(), LimitsConfig.defaults(), JobsConfig.defaults(), SecretsConfig.defaults(), WebhooksConfig.defaults(),
        LoggingConfig.defaults(), Map.of());
  }
}
