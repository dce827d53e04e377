package io.agentbus.http;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream of server-sent events. Written by one virtual thread, which waits until the socket has taken what it
 * wrote: a reader that does not take it within the write deadline is dropped, and never more than one flush is held for
 * it.
 */
public final class SseWriter implements AutoCloseable {
  /** How long a stream may be silent before a comment shows that it lives. */
  public static final Duration KEEP_ALIVE = Duration.ofSeconds(15);
  /** What a client is told to wait before it connects again. */
  private static final int RETRY_MILLIS = 2000;
  /** Bytes gathered before they are written without being asked. */
  private static final int FULL = 256 << 10;

  private final Exchange exchange;
  private final long writeMillis;
  private Buffer gathered = Buffer.buffer();
  private long bytes;
  private boolean over;

  private SseWriter(Exchange exchange) {
    this.exchange = exchange;
    this.writeMillis = exchange.share().settings().deadlines().write().toMillis();
  }

  /**
   * Begins the stream: sends the headers and the retry time.
   *
   * @throws ProblemException {@code limit_exceeded} when the node has as many streams as it may
   */
  public static SseWriter open(Exchange exchange) {
    if (!exchange.share().openStream()) {
      throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, "This node already serves as many event streams as it may.")
          .with(ProblemAnswer.RETRY_AFTER_SECONDS, 5);
    }
    if (!exchange.beginStream()) {
      exchange.share().closeStream();
      throw new IllegalStateException("the exchange has been answered already");
    }
    exchange.response().setChunked(true).setStatusCode(200).headers()
        .set(HttpHeaders.CONTENT_TYPE, "text/event-stream; charset=utf-8")
        .set(HttpHeaders.CACHE_CONTROL, "no-store")
        // Proxies of the nginx family hold answers back unless told not to.
        .set("X-Accel-Buffering", "no");
    var writer = new SseWriter(exchange);
    writer.gathered.appendString("retry: " + RETRY_MILLIS + "\n\n");
    writer.flush();
    return writer;
  }

  /**
   * Adds one event; it may be sent only with the next {@link #flush}.
   *
   * @param id what the client sends as Last-Event-ID when it comes back; without line breaks; null for none
   * @param name type of the event; without line breaks; null for {@code message}
   * @param data UTF-8; line breaks are kept
   * @return false when the stream is over
   */
  public boolean event(@Nullable String id, @Nullable String name, byte[] data) {
    if (name != null) {
      gathered.appendString("event: ").appendString(name).appendString("\n");
    }
    if (id != null) {
      gathered.appendString("id: ").appendString(id).appendString("\n");
    }
    appendLines(data);
    gathered.appendString("\n");
    return gathered.length() < FULL ? !over : flush();
  }

  private void appendLines(byte[] data) {
    var start = 0;
    for (var at = 0; at <= data.length; at++) {
      if (at == data.length || data[at] == '\n' || data[at] == '\r') {
        gathered.appendString("data: ").appendBytes(data, start, at - start).appendString("\n");
        if (at + 1 < data.length && data[at] == '\r' && data[at + 1] == '\n') {
          at++;
        }
        start = at + 1;
      }
    }
  }

  /**
   * Sends a comment, which clients ignore.
   *
   * @param id what the client shall send as Last-Event-ID from now on; null leaves the last one
   * @return false when the stream is over
   */
  public boolean keepAlive(@Nullable String id) {
    gathered.appendString(id == null ? ":\n\n" : ":\nid: " + id + "\n\n");
    return flush();
  }

  /**
   * Sends what was added and waits until the socket has it.
   *
   * @return false when the stream is over: the client has gone, was dropped, or the node stops
   */
  public boolean flush() {
    if (over || exchange.scope().over()) {
      over = true;
      return false;
    }
    if (gathered.length() == 0) {
      return true;
    }
    var sent = gathered;
    gathered = Buffer.buffer();
    bytes += sent.length();
    var taken = new CountDownLatch(1);
    var writing = exchange.response().write(sent);
    writing.onComplete(done -> taken.countDown());
    try {
      if (!taken.await(writeMillis, TimeUnit.MILLISECONDS)) {
        exchange.drop();
        over = true;
      } else if (writing.failed()) {
        over = true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      over = true;
    }
    return !over;
  }

  /**
   * Sends one last event after the scope has ended, as a node that stops does. Does not wait, and says nothing to a client
   * that has gone. Then {@link #close}.
   */
  public void farewell(@Nullable String id, byte[] data) {
    event(id, null, data);
    bytes += gathered.length();
    exchange.response().write(gathered);
    gathered = Buffer.buffer();
  }

  /** Ends the stream; a client that still listens connects again by itself. */
  @Override
  public void close() {
    over = true;
    exchange.share().closeStream();
    exchange.response().end();
    exchange.endStream(bytes);
  }
}
