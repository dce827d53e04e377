package io.agentbus.bus.cluster;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.ListenerConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import io.agentbus.config.ClusterConfig;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;

/**
 * What Hazelcast is told. It finds the members by their list alone, notices within seconds that one is gone, and heals a
 * split by itself; it keeps who listens where, and nothing that must not be lost.
 */
final class HazelcastSettings {
  /** Under which each member tells the others the name of its node. */
  static final String NODE_NAME = "agentbus.node";
  /** A member that is silent for so long is taken for gone, a second later: frozen, or cut off. One that was killed is missed at once. */
  private static final int SILENT_SECONDS = 4;
  private static final int CONNECT_SECONDS = 2;

  private static final Map<String, String> PROPERTIES = Map.ofEntries(
      Map.entry("hazelcast.logging.type", "slf4j"),
      // Otherwise each line would begin with the name that lets a node in.
      Map.entry("hazelcast.logging.details.enabled", "false"),
      // A node calls nobody but its members.
      Map.entry("hazelcast.phone.home.enabled", "false"),
      // The node stops its parts in its own order.
      Map.entry("hazelcast.shutdownhook.enabled", "false"),
      Map.entry("hazelcast.graceful.shutdown.max.wait", "5"),
      // The default waits five seconds for others before a cluster is begun.
      Map.entry("hazelcast.wait.seconds.before.join", "0"),
      Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
      Map.entry("hazelcast.max.no.heartbeat.seconds", Integer.toString(SILENT_SECONDS)),
      // Two halves of a cluster look for each other; the defaults are 300 and 120.
      Map.entry("hazelcast.merge.first.run.delay.seconds", "5"),
      Map.entry("hazelcast.merge.next.run.delay.seconds", "5"),
      // Sized for thousands of registrations, not for a data grid: fewer partitions and threads start and move faster.
      Map.entry("hazelcast.partition.count", "31"),
      Map.entry("hazelcast.operation.thread.count", "2"),
      Map.entry("hazelcast.operation.generic.thread.count", "2"),
      Map.entry("hazelcast.io.input.thread.count", "1"),
      Map.entry("hazelcast.io.output.thread.count", "1"),
      Map.entry("hazelcast.event.thread.count", "1"));

  /**
   * What may be read by Java's own serialization, which whoever reaches the port can offer before being refused as a
   * member: what Hazelcast itself sends that way, exceptions above all.
   */
  private static final String[] READABLE = {"com.hazelcast.", "io.vertx.spi.cluster.hazelcast.", "java.io.", "java.lang.", "java.util.", "["};

  private HazelcastSettings() {}

  /**
   * @param name of the cluster as members show it
   * @throws IllegalArgumentException when the address to listen on has no number
   */
  static Config of(ClusterConfig cluster, String nodeName, String name, MembershipLog log) {
    var config = new Config().setClusterName(name);
    PROPERTIES.forEach(config::setProperty);
    var address = address(cluster.listen());
    config.setProperty("hazelcast.socket.bind.any", Boolean.toString(address.isAnyLocalAddress()));
    config.setProperty("hazelcast.prefer.ipv4.stack", Boolean.toString(address instanceof Inet4Address));
    config.getMemberAttributeConfig().setAttribute(NODE_NAME, nodeName);
    config.addListenerConfig(new ListenerConfig(log));
    config.getMetricsConfig().setEnabled(false);
    config.getJetConfig().setEnabled(false);
    var filter = new JavaSerializationFilterConfig().setDefaultsDisabled(true);
    filter.getWhitelist().addPrefixes(READABLE);
    config.getSerializationConfig().setJavaSerializationFilterConfig(filter);
    // With endpoints declared one by one, a port speaks one protocol: no client, no REST, no memcache gets in by this one.
    config.setAdvancedNetworkConfig(new AdvancedNetworkConfig().setEnabled(true).setMemberEndpointConfig(endpoint(cluster, address))
        .setJoin(join(cluster.members())));
    return config;
  }

  private static ServerSocketEndpointConfig endpoint(ClusterConfig cluster, InetAddress address) {
    var endpoint = new ServerSocketEndpointConfig().setPort(cluster.port()).setPortAutoIncrement(false).setReuseAddress(true);
    endpoint.setPublicAddress(cluster.reachedAt());
    if (!address.isAnyLocalAddress()) {
      endpoint.getInterfaces().setEnabled(true).addInterface(address.getHostAddress());
    }
    return endpoint;
  }

  private static JoinConfig join(List<String> members) {
    var join = new JoinConfig();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true).setConnectionTimeoutSeconds(CONNECT_SECONDS).setMembers(members);
    return join;
  }

  private static InetAddress address(String listen) {
    try {
      return InetAddress.getByName(listen);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("bus.cluster.listen is " + listen + ", which is no address of this machine", e);
    }
  }
}
