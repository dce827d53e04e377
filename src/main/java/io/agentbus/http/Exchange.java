package io.agentbus.http;

import io.agentbus.op.CallScope;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its one answer. A surface takes it on the event loop, does its work with {@link #work} or
 * {@link #workWithBody} on a virtual thread, and ends it with {@link #end} or {@link #fail} from any thread; what comes
 * after the first end is ignored.
 */
public final class Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
  private static final byte[] NOTHING = new byte[0];
  private static final ThreadFactory THREADS = Thread.ofVirtual().name("http-", 0).factory();
  /** A refused body up to this size is read and dropped, so that the connection can be kept. */
  private static final long DROPPED_BODY = 64 << 10;
  /** How long the rest of a larger refused body is dropped: a reset at once could cost the client the answer. */
  private static final long LINGER_MILLIS = 1000;

  private final HttpServerRequest request;
  private final ConnectionWatch.Watched watched;
  private final ServerShare share;
  private final String requestId;
  private final String path;
  private final @Nullable String query;
  private final long began = System.nanoTime();
  private final CallScope scope = new CallScope();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile String actor = "-";
  private volatile boolean tellsError;

  Exchange(HttpServerRequest request, ConnectionWatch.Watched watched, ServerShare share) {
    this.request = request;
    this.watched = watched;
    this.share = share;
    var uri = request.uri();
    var mark = uri.indexOf('?');
    this.path = mark < 0 ? uri : uri.substring(0, mark);
    this.query = mark < 0 ? null : uri.substring(mark + 1);
    this.requestId = RequestIds.of(request.getHeader(RequestIds.HEADER));
  }

  /** The work of a request: may wait; what it throws becomes the answer. */
  @FunctionalInterface
  public interface Work {
    void run() throws Exception;
  }

  /** The work of a request with its whole body. */
  @FunctionalInterface
  public interface BodyWork {
    void run(byte[] body) throws Exception;
  }

  public HttpServerRequest request() {
    return request;
  }

  public HttpServerResponse response() {
    return request.response();
  }

  /** For logs and answers: the client's {@code X-Request-Id} where that is a sane one, else new. */
  public String requestId() {
    return requestId;
  }

  /** The path as sent, without the query; the gate has refused what does not mean itself. */
  public String path() {
    return path;
  }

  /** The query as sent, without the question mark. */
  public @Nullable String query() {
    return query;
  }

  public HttpMethod method() {
    return request.method();
  }

  /** The IP address of the peer. */
  public String address() {
    return watched.address;
  }

  /** Ends when the client has gone or the node stops. */
  public CallScope scope() {
    return scope;
  }

  /** Says for the access log who calls. */
  public void actor(String name) {
    actor = name;
  }

  /** Whether the request announces a body. */
  public boolean hasBody() {
    var length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length == null ? request.headers().contains(HttpHeaders.TRANSFER_ENCODING) : !length.equals("0");
  }

  /**
   * Tells refusals from now on for clients of another system too, which read {@code application/json} with a member {@code error}: the
   * problem is told as ever, and its detail a second time under that name.
   */
  public void tellError() {
    tellsError = true;
  }

  /** Sets a header of the answer. Before {@link #end}. */
  public Exchange header(CharSequence name, CharSequence value) {
    request.response().putHeader(name, value);
    return this;
  }

  /** Works on a virtual thread within {@link #scope}; refuses when the node is at its limit of requests. Any thread. */
  public void work(Work work) {
    work(work, () -> { });
  }

  /** @param done called when the work is over, and when it was not begun; any thread */
  void work(Work work, Runnable done) {
    if (!share.enter()) {
      done.run();
      fail(ProblemException.of(ProblemCode.UNAVAILABLE, "This node already works on as many requests as it may."));
      return;
    }
    THREADS.newThread(() -> {
      try {
        scope.call(() -> {
          work.run();
          return true;
        });
      } catch (Throwable failure) {
        fail(failure);
      } finally {
        share.leave();
        done.run();
      }
    }).start();
  }

  /**
   * Reads the body, then works with it as {@link #work} does. A body above the limit is refused before it is kept,
   * whether its length was announced or not.
   *
   * @param most bytes of body allowed
   */
  public void workWithBody(int most, BodyWork work) {
    workWithBody(most, () -> { }, work);
  }

  /**
   * Finds out first how much of a body this sender may send, which may wait and may refuse, then reads the body as {@link
   * #workWithBody(int, BodyWork)} does. Nothing of it is read meanwhile. On the event loop.
   *
   * @param admission answers null when it has ended the exchange
   */
  public void workBeforeBody(Supplier<@Nullable Welcome> admission, BodyWork work) {
    var loop = share.vertx().getOrCreateContext();
    var found = new AtomicReference<@Nullable Welcome>();
    request.pause();
    work(() -> found.set(admission.get()), () -> loop.runOnContext(now -> {
      var welcome = found.get();
      if (welcome != null && hasBody()) {
        BodyReader.of(this, welcome).read((body, done) -> work(() -> work.run(body), done));
      } else if (welcome != null) {
        work(() -> work.run(NOTHING));
      }
      request.resume();
    }));
  }

  private void workWithBody(int most, Work admission, BodyWork work) {
    if (!hasBody()) {
      work(() -> work.run(NOTHING));
      return;
    }
    new BodyReader(this, most, admission).read((body, done) -> work(() -> work.run(body), done));
  }

  /**
   * The same with the node's limit for bodies.
   *
   * @param admission refuses whoever may not send a large one, before it is read; is not asked about small ones
   */
  public void workWithBody(Work admission, BodyWork work) {
    workWithBody(share.settings().limits().body(), admission, work);
  }

  /** The same for whoever comes without a token: with no more of a body than is read from anybody. */
  public void workWithBodyOfAnybody(BodyWork work) {
    workWithBody(Math.min(BodyReader.FROM_ANYBODY, share.settings().limits().body()), work);
  }

  /** Answers. */
  public void end(int status, CharSequence contentType, byte[] body) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    var response = request.response();
    response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, contentType);
    Future<Void> written;
    if (request.method() == HttpMethod.HEAD) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length));
      written = response.end();
    } else {
      written = response.end(Buffer.buffer(body));
    }
    finish(status, body.length, written);
  }

  /** Answers without a body: 204, 304. */
  public void end(int status) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    finish(status, 0, request.response().setStatusCode(status).end());
  }

  private void finish(int status, int bytes, Future<Void> written) {
    watched.ending(bytes + 1, written);
    if (watched.isLast()) {
      written.onComplete(done -> watched.connection.close());
    } else if (leavesBodyUnread()) {
      written.onComplete(done -> share.vertx().setTimer(LINGER_MILLIS, late -> {
        // A client that sent the rest in time may be in its next request on this connection by now.
        if (!request.isEnded()) {
          watched.cut();
        }
      }));
    }
    AccessLog.write(this, status, bytes);
  }

  private boolean leavesBodyUnread() {
    if (request.isEnded() || !hasBody()) {
      return false;
    }
    var length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length == null || length.length() > 9 || Long.parseLong(length) > DROPPED_BODY;
  }

  /** Answers with problem+json: a refusal as it is, anything else as a defect whose cause stays in the log. */
  public void fail(Throwable failure) {
    if (failure instanceof ProblemException problem) {
      refuse(problem);
      return;
    }
    LOG.error("request {} to {} failed", requestId, AccessLog.clean(path), failure);
    refuse(ProblemException.of(ProblemCode.INTERNAL, "The request failed; the node's log has the cause under "
        + requestId + "."));
  }

  private void refuse(ProblemException problem) {
    if (ended.get()) {
      return;
    }
    ProblemAnswer.headers(problem, request.response().headers());
    if (tellsError) {
      end(problem.code().httpStatus(), ProblemAnswer.PLAIN, ProblemAnswer.bodyWithError(problem, requestId, path));
    } else {
      end(problem.code().httpStatus(), ProblemAnswer.CONTENT_TYPE, ProblemAnswer.body(problem, requestId, path));
    }
  }

  /** Begins an answer that goes on: the caller writes to it until it ends. False when the answer has been given. */
  boolean beginStream() {
    return ended.compareAndSet(false, true);
  }

  /** Ends an answer that went on. */
  void endStream(long bytes) {
    AccessLog.write(this, request.response().getStatusCode(), bytes);
  }

  /** The answer will be written by someone who does not know of exchanges. */
  void handOver() {
    if (ended.compareAndSet(false, true)) {
      var response = request.response();
      response.endHandler(done -> AccessLog.write(this, response.getStatusCode(), response.bytesWritten()));
    }
  }

  /** Closes the connection when the client sends more than so many bytes before {@link #liftUploadLimit}. On the event loop. */
  public void limitUpload(int bytes) {
    watched.limitUpload(bytes);
  }

  /** The client may send as much as it likes again. Any thread. */
  public void liftUploadLimit() {
    watched.liftUploadLimit();
  }

  /** Makes this the last request of its connection: what follows it may not be what its sender meant. Before the end. */
  void beLast() {
    watched.beLast();
    header(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
  }

  /** Closes the connection without a further word. */
  public void drop() {
    watched.cut();
  }

  ServerShare share() {
    return share;
  }

  void clientGone() {
    scope.end();
  }

  String actor() {
    return actor;
  }

  long millis() {
    return (System.nanoTime() - began) / 1_000_000;
  }
}
