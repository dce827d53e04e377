package io.agentbus.http;

import io.agentbus.config.HttpConfig;
import io.agentbus.config.LimitsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator may set of the HTTP server.
 *
 * @param listen where
 * @param allowedHosts names besides the loopback ones and the listen address that a Host header may carry, such as
 *     {@code bus.example.org} (with the node's port or none) or {@code bus.example.org:8443} (with exactly that port)
 * @param allowedOrigins foreign origins whose pages may call, such as {@code https://console.example.org}
 * @param limits sizes and counts
 * @param deadlines times
 */
public record HttpSettings(Listen listen, List<String> allowedHosts, List<String> allowedOrigins, Limits limits,
    Deadlines deadlines) {

  /** Of the largest bodies so many are held at once. */
  private static final long BODIES = 16;

  public HttpSettings {
    allowedHosts = List.copyOf(allowedHosts);
    allowedOrigins = List.copyOf(allowedOrigins);
  }

  /** The defaults on a loopback port; 0 picks a free one. */
  public static HttpSettings onLoopback(int port) {
    return new HttpSettings(Listen.loopback(port), List.of(), List.of(), Limits.DEFAULT, Deadlines.DEFAULT);
  }

  /** What the node's configuration says; what it does not name keeps its default. */
  public static HttpSettings of(HttpConfig http, LimitsConfig limits) {
    var listen = new Listen(http.listen(), http.port(), http.tlsCert(), http.tlsKey(), http.insecureListen());
    // One address may not take every place: a fleet behind it is served, and so is an operator elsewhere.
    var perAddress = Math.max(1, http.maxConnections() / 4 * 3);
    var usual = Limits.DEFAULT;
    return new HttpSettings(listen, http.allowedHosts(), http.allowedOrigins(),
        new Limits(limits.body().toInt(), BODIES * limits.body().toInt(), usual.initialLine(), usual.headers(), http.maxConnections(), perAddress,
            usual.requests(), usual.streams(), usual.authFailures()),
        new Deadlines(http.headerTimeout(), Deadlines.DEFAULT.body(), Deadlines.DEFAULT.write(), http.idleTimeout()));
  }

  /**
   * Where to listen.
   *
   * @param host an address or a name of this machine
   * @param port 0 picks a free one
   * @param certificate PEM file of the certificate chain; null for plain HTTP
   * @param key PEM file of its private key; null exactly when {@code certificate} is
   * @param insecure whether plain HTTP may be spoken beyond this machine
   */
  public record Listen(String host, int port, @Nullable Path certificate, @Nullable Path key, boolean insecure) {
    public static Listen loopback(int port) {
      return new Listen("127.0.0.1", port, null, null, false);
    }

    /** The same at another port. */
    public Listen withPort(int other) {
      return new Listen(host, other, certificate, key, insecure);
    }

    public boolean tls() {
      return certificate != null;
    }
  }

  /**
   * Sizes in bytes and counts per node.
   *
   * @param body largest request body of a surface that sets no other limit
   * @param bodies sum of the bodies held at once, but for the first {@link BodyReader#FROM_ANYBODY} bytes of each
   * @param initialLine longest request line
   * @param headers largest sum of request headers
   * @param connections open at once
   * @param connectionsPerAddress open at once from one address; all local agents share the loopback address
   * @param requests worked on at once, waiting long polls included
   * @param streams event streams open at once
   * @param authFailures refused tokens of one address in a minute before its unknown ones are looked up one at a time
   */
  public record Limits(int body, long bodies, int initialLine, int headers, int connections, int connectionsPerAddress, int requests,
      int streams, int authFailures) {
    /** One body of the largest size that any sender of webhooks may be allowed, 25 MiB, and some. */
    private static final long STRANGER = 26L << 20;

    public static final Limits DEFAULT = new Limits(4 << 20, BODIES * (4 << 20), 8 << 10, 16 << 10, 8192, 4096, 4096, 1024, 20);

    /** Sum of the bodies held of those who are not known yet, as of {@link #bodies} and beside it: half as much, and room for a large one. */
    long strangerBodies() {
      return Math.max(bodies / 2, STRANGER);
    }
  }

  /**
   * Times after which a slow client is closed.
   *
   * @param header from the opening of a connection to the last byte of its first request's headers
   * @param body from the end of the headers to the last byte of the body
   * @param write how long a client may leave bytes that wait for it unread
   * @param idle from the end of an answer to the end of the next request's headers
   */
  public record Deadlines(Duration header, Duration body, Duration write, Duration idle) {
    public static final Deadlines DEFAULT =
        new Deadlines(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(20), Duration.ofSeconds(75));

    public Deadlines {
      for (var deadline : List.of(header, body, write, idle)) {
        if (deadline.compareTo(Duration.ofMillis(10)) < 0) {
          throw new IllegalArgumentException("an HTTP deadline of " + deadline + " is shorter than 10 ms");
        }
      }
    }

    Duration shortest() {
      return List.of(header, body, write, idle).stream().min(Duration::compareTo).orElseThrow();
    }
  }
}
