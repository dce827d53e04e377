package io.agentbus.app;

import io.agentbus.config.Home;
import io.agentbus.config.WebhooksConfig;
import io.agentbus.crypto.SecretBox;
import io.agentbus.job.Outage;
import io.agentbus.job.RetryPolicy;
import io.agentbus.op.Limits;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node sets of its services.
 *
 * @param nodeName unique among the nodes of the database
 * @param version of the program
 * @param roles what the node runs
 * @param home where the node keeps the key with which it seals
 * @param poolSize connections of the common pool
 * @param retryPolicy back-off after failed attempts
 * @param pollMillis longest time for which a lost wake-up is not noticed
 * @param limits of inputs
 * @param outage what is not charged to leases
 * @param members says which nodes are in the cluster of this one now; null = it is in none
 * @param secrets closes secrets that are stored
 * @param webhooks whom it may call
 */
public record BusSettings(String nodeName, String version, List<String> roles, Home home, int poolSize, RetryPolicy retryPolicy,
    long pollMillis, Limits limits, Outage outage, @Nullable Supplier<List<String>> members, SecretBox secrets,
    WebhooksConfig webhooks) {
  /** Settings with the key of the home. */
  public BusSettings(String nodeName, String version, List<String> roles, Home home, int poolSize, RetryPolicy retryPolicy, long pollMillis,
      Limits limits, Outage outage, @Nullable Supplier<List<String>> members) {
    this(nodeName, version, roles, home, poolSize, retryPolicy, pollMillis, limits, outage, members, SecretBox.open(home, null),
        WebhooksConfig.defaults());
  }

  /** Settings with the usual limits. */
  public BusSettings(String nodeName, String version, List<String> roles, Home home, int poolSize, RetryPolicy retryPolicy, long pollMillis) {
    this(nodeName, version, roles, home, poolSize, retryPolicy, pollMillis, Limits.DEFAULT, Outage.DEFAULT, null);
  }

  public static BusSettings defaults(String nodeName, Home home) {
    return new BusSettings(nodeName, "test", List.of("api"), home, 16, RetryPolicy.DEFAULT, 2_000);
  }
}
