package io.agentbus.http.out;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Posts to addresses that callers named. Redirects are not followed, answers are neither decompressed nor read beyond
 * {@link #READ} bytes, and each request has a connection of its own, to an address that was checked for it. Thread-safe.
 */
public final class Poster {
  /** Most bytes of an answer that are read. */
  public static final int READ = 64 << 10;
  /** Most characters of an answer that are kept. */
  public static final int KEPT = 1 << 10;
  /** Headers of an answer that are told; a longer value than {@link #LONGEST_HEADER} counts as absent. */
  public static final List<String> HEADERS = List.of("retry-after", "webhook-delivery");

  static final int LONGEST_HEADER = 100;
  private static final int HEAD = 16 << 10;
  /** More than the callers' own limits let be open at once. */
  private static final int CONNECTIONS = 10_000;
  /** A connection that nobody waits for any more is given up by then. */
  private static final int LONGEST_CONNECT_MILLIS = 20_000;

  private final Vertx vertx;
  private final EgressGuard guard;
  private final HttpClient client;

  /** @param authorities PEM file of those that sign for servers; null = those that Java trusts */
  public Poster(Vertx vertx, EgressGuard guard, @Nullable Path authorities) {
    this.vertx = vertx;
    this.guard = guard;
    var options = new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_1_1).setKeepAlive(false).setDecompressionSupported(false)
        .setMaxHeaderSize(HEAD).setMaxInitialLineLength(HEAD / 4).setVerifyHost(true).setConnectTimeout(LONGEST_CONNECT_MILLIS)
        .setName("webhooks");
    if (authorities != null) {
      options.setTrustOptions(new PemTrustOptions().addCertPath(authorities.toString()));
    }
    client = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(CONNECTIONS));
  }

  /**
   * Posts once.
   *
   * @param headers besides {@code Host} and {@code Content-Length}, in their order; they were checked
   * @param deadline for everything together: finding the address, connecting, sending, and the whole answer
   * @return never fails
   */
  public Future<PostAnswer> post(EgressUrl url, Map<String, String> headers, byte[] body, Duration deadline) {
    var posting = new Posting(vertx, client, url, headers, Buffer.buffer(body), deadline);
    guard.addresses(url).onComplete(posting::begin);
    return posting.answer();
  }

  /** Closes what is open. */
  public Future<Void> stop() {
    return client.close();
  }
}
