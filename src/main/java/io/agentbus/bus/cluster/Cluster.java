package io.agentbus.bus.cluster;

import io.agentbus.config.ClusterConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node's membership of a cluster: it begins with {@link #join} and ends when its Vert.x is closed. Thread-safe. */
public final class Cluster {
  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

  private final ClusterConfig config;
  private final HazelcastClusterManager hazelcast;

  /**
   * @param nodeName by which others know this node
   * @param databaseId the same for all nodes of one database, and for no others
   * @throws IllegalArgumentException when the address to listen on is none
   */
  public Cluster(ClusterConfig config, String nodeName, String databaseId) {
    this.config = config;
    hazelcast = new HazelcastClusterManager(HazelcastSettings.of(config, nodeName, ClusterName.of(config, databaseId), new MembershipLog()));
  }

  /**
   * Starts a Vert.x whose event bus is that of the cluster. Where no listed member is there, the node begins a cluster of
   * its own, and joins the others when they are found.
   *
   * @param builder with everything but these options
   * @return fails when a port cannot be had
   */
  public Future<Vertx> join(VertxBuilder builder, VertxOptions options) {
    return builder.with(options.setEventBusOptions(BusConnections.of(config))).withClusterManager(hazelcast).buildClustered().onSuccess(_ -> {
      LOG.atInfo().addKeyValue("members", members()).log("this node is a member of the cluster");
      if (!config.members().isEmpty() && members().size() == 1) {
        LOG.atWarn().addKeyValue("listed", config.members()).log("no listed member could be joined; this node is a cluster of its own until one can");
      }
    });
  }

  /** Names of the nodes that are members now, this one among them, in their order; empty before it joined. */
  public List<String> members() {
    var instance = hazelcast.getHazelcastInstance();
    try {
      return instance == null ? List.of() : MembershipLog.names(instance.getCluster().getMembers());
    } catch (IllegalStateException left) {
      return List.of();
    }
  }
}
