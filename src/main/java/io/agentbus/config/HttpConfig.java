package io.agentbus.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server behind REST, MCP, console and webhooks.
 *
 * @param port 0 = any free port
 * @param listen the address to bind; one that is not loopback needs TLS or {@code insecureListen}
 * @param insecureListen true = serve other machines without TLS, because something in front of the node does TLS
 * @param tlsCert PEM file with the certificate chain; null = no TLS
 * @param tlsKey PEM file with the private key; given exactly when {@code tlsCert} is
 * @param allowedHosts Host headers answered besides the loopback names and {@code listen}
 * @param allowedOrigins browser origins answered besides the node's own, such as {@code https://ops.example.com}
 * @param idleTimeout a kept connection is closed when no further request comes for so long
 * @param headerTimeout a request whose head has not arrived whole by then is closed
 * @param maxConnections open connections; further ones are closed at once
 */
public record HttpConfig(int port, String listen, boolean insecureListen, @Nullable Path tlsCert, @Nullable Path tlsKey,
    List<String> allowedHosts, List<String> allowedOrigins, Duration idleTimeout, Duration headerTimeout,
    int maxConnections) {

  public HttpConfig {
    Check.within("http.port", port, 0, 65_535);
    Check.that(!listen.isBlank(), "http.listen", "empty", "must be an address, such as 127.0.0.1");
    Check.that((tlsCert == null) == (tlsKey == null), tlsCert == null ? "http.tls-cert" : "http.tls-key", "not set",
        "must be set together with " + (tlsCert == null ? "http.tls-key" : "http.tls-cert"));
    Check.that(isLoopback(listen) || insecureListen || tlsCert != null, "http.listen", listen,
        "is reachable from other machines: set http.tls-cert and http.tls-key, or http.insecure-listen: true when "
            + "something in front of this node does TLS");
    allowedHosts = List.copyOf(allowedHosts);
    for (var host : allowedHosts) {
      Check.that(host.matches("[A-Za-z0-9.:\\[\\]-]{1,255}"), "http.allowed-hosts", '"' + host + '"',
          "must be a host name or host:port, without a scheme");
    }
    allowedOrigins = List.copyOf(allowedOrigins);
    for (var origin : allowedOrigins) {
      Check.that(origin.matches("https?://[A-Za-z0-9.:\\[\\]-]{1,255}"), "http.allowed-origins", '"' + origin + '"',
          "must be scheme://host or scheme://host:port, without a path");
    }
    Check.within("http.idle-timeout", idleTimeout, Duration.ofSeconds(1), Duration.ofHours(1));
    Check.within("http.header-timeout", headerTimeout, Duration.ofMillis(100), Duration.ofMinutes(5));
    Check.within("http.max-connections", maxConnections, 1, 1_000_000);
  }

  public static HttpConfig defaults() {
    return new HttpConfig(7070, "127.0.0.1", false, null, null, List.of(), List.of(), Duration.ofSeconds(90),
        Duration.ofSeconds(10), 2_000);
  }

  public boolean tls() {
    return tlsCert != null;
  }

  /** True for an address that only this machine reaches. Names are not looked up: only {@code localhost} counts. */
  static boolean isLoopback(String address) {
    return address.equalsIgnoreCase("localhost") || address.equals("::1") || address.equals("[::1]")
        || address.matches("127(\\.\\d{1,3}){3}");
  }
}
