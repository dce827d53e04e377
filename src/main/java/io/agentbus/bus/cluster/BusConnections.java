package io.agentbus.bus.cluster;

import io.agentbus.config.ClusterConfig;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;

/** How members carry messages to each other. */
final class BusConnections {
  /** A connection whose other end says nothing for twice as long is closed, and its messages are lost at once, not later. */
  private static final long PING_MILLIS = 2_000;
  private static final int CONNECT_MILLIS = 5_000;

  private BusConnections() {}

  static EventBusOptions of(ClusterConfig config) {
    var options = new EventBusOptions().setHost(config.listen()).setPort(config.busPort()).setClusterPublicHost(config.reachedAt())
        .setConnectTimeout(CONNECT_MILLIS).setClusterPingInterval(PING_MILLIS).setClusterPingReplyInterval(PING_MILLIS);
    if (config.tls()) {
      // Both ends show a certificate. Names in them are not compared: whoever the authority signed is a member.
      options.setSsl(true).setClientAuth(ClientAuth.REQUIRED)
          .setKeyCertOptions(new PemKeyCertOptions().addCertPath(config.tlsCert().toString()).addKeyPath(config.tlsKey().toString()))
          .setTrustOptions(new PemTrustOptions().addCertPath(config.tlsCa().toString()));
    }
    return options;
  }
}
