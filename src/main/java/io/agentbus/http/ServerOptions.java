package io.agentbus.http;

import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Turns the settings into the options of the Vert.x servers, or says why a node must not start with them. */
public final class ServerOptions {
  private ServerOptions() {}

  /**
   * HTTP/1.1 only, bounded, nothing decompressed.
   *
   * @throws IllegalArgumentException in words for an operator
   */
  static HttpServerOptions of(HttpSettings settings) {
    var listen = settings.listen();
    var options = listenOn(new HttpServerOptions(), listen, settings.deadlines().header())
        // Vert.x gives all instances of a deployment the same free port only when asked with a negative number.
        .setPort(listen.port() == 0 ? -1 : listen.port())
        // Browsers send a message as one frame.
        .setMaxWebSocketFrameSize(settings.limits().body())
        .setMaxWebSocketMessageSize(settings.limits().body())
        .setHttp2ClearTextEnabled(false)
        .setUseAlpn(false)
        .setDecompressionSupported(false)
        .setCompressionSupported(false)
        // On unless said otherwise, and then each request and answer goes through their handler too.
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setMaxInitialLineLength(settings.limits().initialLine())
        .setMaxHeaderSize(settings.limits().headers())
        .setMaxChunkSize(64 << 10)
        .setTcpNoDelay(true)
        .setAcceptBacklog(1024)
        .setStrictThreadMode(false);
    // ConnectionWatch closes idle connections: the server's own timeout would also cut a long poll that waits quietly.
    options.setIdleTimeout(0);
    return options;
  }

  /**
   * Where and whether with TLS a server listens.
   *
   * @param handshake longest time of a TLS handshake
   * @throws IllegalArgumentException in words for an operator
   */
  public static <O extends NetServerOptions> O listenOn(O options, HttpSettings.Listen listen, Duration handshake) {
    refuseUnsafe(listen);
    options.setHost(listen.host()).setPort(listen.port());
    if (listen.tls()) {
      options.setSsl(true)
          .setKeyCertOptions(new PemKeyCertOptions()
              .setCertPath(String.valueOf(listen.certificate())).setKeyPath(String.valueOf(listen.key())))
          .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"))
          .setSslHandshakeTimeout(handshake.toMillis())
          .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    }
    return options;
  }

  private static void refuseUnsafe(HttpSettings.Listen listen) {
    if (listen.port() < 0 || listen.port() > 65_535) {
      throw new IllegalArgumentException("the port " + listen.port() + " is not between 0 and 65535");
    }
    if ((listen.certificate() == null) != (listen.key() == null)) {
      throw new IllegalArgumentException("TLS needs both a certificate and a key: only "
          + (listen.certificate() == null ? "--tls-key" : "--tls-cert") + " is set");
    }
    if (listen.certificate() != null && listen.key() != null) {
      for (var file : new java.nio.file.Path[] {listen.certificate(), listen.key()}) {
        if (!Files.isReadable(file)) {
          throw new IllegalArgumentException("the TLS file " + file + " cannot be read");
        }
      }
    } else if (!listen.insecure() && !isLoopback(listen.host())) {
      throw new IllegalArgumentException("refusing to listen on " + listen.host() + " without TLS: tokens would travel"
          + " in the clear. Set --tls-cert and --tls-key, or --insecure-listen where another program ends TLS in front"
          + " of the node");
    }
  }

  static boolean isLoopback(String host) {
    try {
      for (var address : InetAddress.getAllByName(host)) {
        if (!address.isLoopbackAddress()) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("the listen address '" + host + "' is not an address of this machine", e);
    }
  }
}
