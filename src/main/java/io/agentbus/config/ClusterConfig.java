package io.agentbus.config;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Nodes of one database that share an event bus.
 *
 * @param enabled whether this node joins the others
 * @param name of the cluster
 * @param secret what all members know and nobody else does; null = every program of this machine may be a member, which
 *     is why other addresses need one
 * @param listen the address to bind; one that is not loopback needs TLS or {@code insecureListen}
 * @param publicHost the address by which others reach this node; null = {@code listen}
 * @param port of the membership; 0 = any free port
 * @param busPort of the messages; 0 = any free port
 * @param members {@code host:port} of the membership of other nodes; its own may stand there too
 * @param insecureListen true = messages to other machines travel without TLS, because the network between them is closed
 * @param tlsCert PEM file with this node's certificate chain, for messages; null = no TLS
 * @param tlsKey PEM file with its private key; given exactly when {@code tlsCert} is
 * @param tlsCa PEM file with the authority of the members' certificates; given exactly when {@code tlsCert} is
 */
public record ClusterConfig(boolean enabled, String name, @Nullable Secret secret, String listen, @Nullable String publicHost, int port,
    int busPort, List<String> members, boolean insecureListen, @Nullable Path tlsCert, @Nullable Path tlsKey, @Nullable Path tlsCa) {
  private static final Pattern MEMBER = Pattern.compile("(\\[[0-9A-Fa-f:.]{2,45}]|[A-Za-z0-9.-]{1,253}):(\\d{1,5})");
  private static final int MOST_MEMBERS = 100;
  /** What a secret that somebody makes with {@code openssl rand -hex 16} has: it cannot be guessed from what it is used for. */
  private static final int SHORTEST_SECRET = 32;

  public ClusterConfig {
    Check.that(name.matches("[A-Za-z0-9._-]{1,63}"), "bus.cluster.name", '"' + name + '"', "must be 1 to 63 letters, digits, '.', '_' or '-'");
    Check.that(secret == null || secret.reveal().length() >= SHORTEST_SECRET, "bus.cluster.secret", Secret.MASK,
        "must have at least " + SHORTEST_SECRET + " characters, such as those that 'openssl rand -hex 32' prints");
    Check.that(!listen.isBlank(), "bus.cluster.listen", "empty", "must be an address, such as 127.0.0.1");
    Check.that(publicHost == null || publicHost.matches("[A-Za-z0-9.:\\[\\]-]{1,255}"), "bus.cluster.public-host", '"' + publicHost + '"',
        "must be a host name or an address, without a port");
    Check.within("bus.cluster.port", port, 0, 65_535);
    Check.within("bus.cluster.bus-port", busPort, 0, 65_535);
    Check.that(port == 0 || port != busPort, "bus.cluster.bus-port", busPort, "must differ from bus.cluster.port");
    members = List.copyOf(members);
    Check.that(members.size() <= MOST_MEMBERS, "bus.cluster.members", members.size() + " entries long", "must have at most " + MOST_MEMBERS);
    for (var member : members) {
      Check.that(isMember(member), "bus.cluster.members", '"' + member + '"',
          "must be a list of host:port, such as 10.0.0.2:7072, with the bus.cluster.port of each node");
    }
    var tls = Stream.of(tlsCert, tlsKey, tlsCa).filter(file -> file != null).count();
    Check.that(tls == 0 || tls == 3, tlsCert == null ? "bus.cluster.tls-cert" : tlsKey == null ? "bus.cluster.tls-key" : "bus.cluster.tls-ca",
        "not set", "must be set together with the other two of bus.cluster.tls-cert, tls-key and tls-ca");
    if (enabled) {
      var local = HttpConfig.isLoopback(listen);
      Check.that(local || insecureListen || tlsCert != null, "bus.cluster.listen", listen,
          "is reachable from other machines: set bus.cluster.tls-cert, tls-key and tls-ca, or bus.cluster.insecure-listen: true when "
              + "the network between the nodes is closed to others");
      Check.that(local || secret != null, "bus.cluster.secret", "not set",
          "must be set when bus.cluster.listen (" + listen + ") is reachable from other machines");
      Check.that(publicHost != null || !listen.matches("0\\.0\\.0\\.0|\\[?::]?"), "bus.cluster.public-host", "not set",
          "must be set when bus.cluster.listen is " + listen + ": others need one address of this node");
    }
  }

  public static ClusterConfig defaults() {
    return new ClusterConfig(false, "agentbus", null, "127.0.0.1", null, 7072, 7073, List.of(), false, null, null, null);
  }

  public boolean tls() {
    return tlsCert != null;
  }

  /** The address by which others reach this node. */
  public String reachedAt() {
    return publicHost == null ? listen : publicHost;
  }

  private static boolean isMember(String text) {
    var parts = MEMBER.matcher(text);
    return parts.matches() && Integer.parseInt(parts.group(2)) >= 1 && Integer.parseInt(parts.group(2)) <= 65_535;
  }
}
