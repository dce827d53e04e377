package io.agentbus.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A node, as seen by one holder of a token. Thread-safe; calls block their thread. It uses {@link HttpURLConnection}
 * because a command line call must answer at once: measured, the first call costs 15 ms here and 240 ms with {@code
 * java.net.http}.
 */
public final class NodeClient {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  static {
    // By default the JDK sends a POST again when the connection breaks before the answer: a job would be enqueued
    // twice.
    System.setProperty("sun.net.http.retryPost", "false");
  }

  private final URI base;
  private final @Nullable String token;

  public NodeClient(URI base, @Nullable String token) {
    this.base = base;
    this.token = token;
  }

  public NodeClient(NodeAccess access) {
    this(access.url(), access.token());
  }

  /** The base URL of the node. */
  public URI base() {
    return base;
  }

  /**
   * Calls an operation and waits for its answer.
   *
   * @param patience longest silence of the node before the call counts as {@link Unreachable}
   * @return the output record as JSON
   */
  public JsonNode call(String operation, ObjectNode input, Duration patience) throws CallFailed {
    return prepare(operation, input, null, patience).answer();
  }

  /**
   * A call that another thread may abort.
   *
   * @param idempotencyKey sent with it when not null
   */
  public PendingCall prepare(String operation, ObjectNode input, @Nullable String idempotencyKey, Duration patience) {
    var connection = open("/api/v1/op/" + operation, patience);
    if (idempotencyKey != null) {
      connection.setRequestProperty("Idempotency-Key", idempotencyKey);
    }
    return new PendingCall(base, connection, input.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads what is no operation, such as {@code /ready}. A refusal that is not a problem document becomes one.
   *
   * @return the document, or a text node where the body is not JSON
   */
  public JsonNode get(String path, Duration patience) throws CallFailed {
    return new PendingCall(base, open(path, patience), null).answer();
  }

  private HttpURLConnection open(String path, Duration patience) {
    try {
      var connection = (HttpURLConnection) URI.create(base + path).toURL().openConnection();
      connection.setConnectTimeout((int) CONNECT_LIMIT.toMillis());
      connection.setReadTimeout((int) patience.toMillis());
      // A redirect would carry the token to whoever it names.
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      connection.setRequestProperty("Accept", "application/json, application/problem+json");
      connection.setRequestProperty("User-Agent", "agentbus");
      if (token != null) {
        connection.setRequestProperty("Authorization", "Bearer " + token);
      }
      return connection;
    } catch (IOException e) {
      throw new UncheckedIOException("no connection can be made for " + base, e);
    }
  }
}
