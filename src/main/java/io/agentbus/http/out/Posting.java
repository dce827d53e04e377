package io.agentbus.http.out;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One request under way. Whatever ends it first is its answer; then nothing of it is left open. */
final class Posting {
  /** Of a name with several addresses each gets this long to take the connection, so that one that is dead costs not all of the time. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Vertx vertx;
  private final HttpClient client;
  private final EgressUrl url;
  private final Map<String, String> headers;
  private final Buffer body;
  private final Duration deadline;
  private final long began = System.nanoTime();
  private final long timer;
  private final Promise<PostAnswer> answer = Promise.promise();
  private volatile @Nullable HttpClientRequest request;
  private volatile boolean resolved;
  private volatile boolean answering;

  Posting(Vertx vertx, HttpClient client, EgressUrl url, Map<String, String> headers, Buffer body, Duration deadline) {
    this.vertx = vertx;
    this.client = client;
    this.url = url;
    this.headers = headers;
    this.body = body;
    this.deadline = deadline;
    timer = vertx.setTimer(Math.max(1, deadline.toMillis()), ignored -> end(resolved ? new PostAnswer.Failed(late(), true, took())
        : new PostAnswer.Unresolved(noAddress() + " within " + seconds(), true, took())));
  }

  Future<PostAnswer> answer() {
    return answer.future();
  }

  /** Goes on with the addresses that may be connected to. */
  void begin(AsyncResult<List<InetAddress>> checked) {
    resolved = true;
    if (checked.succeeded()) {
      connect(checked.result(), 0);
      return;
    }
    switch (checked.cause()) {
      case HostNames.Busy busy -> end(new PostAnswer.Unresolved(noAddress() + " for now: " + busy.getMessage(), false, took()));
      case HostNames.Silent silent -> end(new PostAnswer.Unresolved(noAddress() + ": " + silent.getMessage(), true, took()));
      // In the same words: whether a name means something in the own networks is nobody's business.
      case EgressGuard.Denied denied -> end(new PostAnswer.Refused(unreachable(), took()));
      case UnknownHostException unknown -> end(new PostAnswer.Refused(unreachable(), took()));
      case null, default -> failed(noAddress(), checked.cause());
    }
  }

  private String unreachable() {
    return ReadableText.of("The name " + url.host() + " leads to no address that may be called from here");
  }

  private String noAddress() {
    return ReadableText.of("The name " + url.host() + " could not be resolved");
  }

  private void connect(List<InetAddress> addresses, int at) {
    if (answer.future().isComplete()) {
      return;
    }
    var left = deadline.minus(took());
    var last = at == addresses.size() - 1;
    var patience = last || left.compareTo(PATIENCE) < 0 ? left : PATIENCE;
    var options = new RequestOptions().setMethod(HttpMethod.POST).setSsl(url.tls()).setFollowRedirects(false)
        .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(addresses.get(at), url.port())))
        .setHost(url.authority()).setPort(url.port()).setURI(url.target()).setConnectTimeout(Math.max(1, patience.toMillis()));
    client.request(options).onComplete(opened -> {
      if (opened.succeeded()) {
        send(opened.result());
      } else if (last || opened.cause() instanceof SSLException) {
        failed(url.origin() + " cannot be connected to", opened.cause());
      } else {
        connect(addresses, at + 1);
      }
    });
  }

  private void send(HttpClientRequest opened) {
    request = opened;
    if (answer.future().isComplete()) {
      opened.connection().close();
      return;
    }
    // Without it the client prints each fault of a receiver as an error of ours; what matters of it is told below.
    opened.connection().exceptionHandler(told -> { });
    headers.forEach(opened::putHeader);
    opened.exceptionHandler(broken -> failed(brokenOff(), broken));
    opened.send(body).onComplete(head -> {
      if (head.succeeded()) {
        read(head.result());
      } else {
        failed(brokenOff(), head.cause());
      }
    });
  }

  private void read(HttpClientResponse response) {
    answering = true;
    var told = new HashMap<String, String>();
    for (var name : Poster.HEADERS) {
      var value = response.getHeader(name);
      if (value != null && value.length() <= Poster.LONGEST_HEADER) {
        told.put(name, value.strip());
      }
    }
    var start = Buffer.buffer();
    var read = new int[1];
    response.exceptionHandler(broken -> failed(brokenOff(), broken));
    response.handler(part -> {
      if (start.length() < Poster.KEPT) {
        start.appendBuffer(part, 0, Math.min(part.length(), Poster.KEPT - start.length()));
      }
      read[0] += part.length();
      if (read[0] > Poster.READ) {
        // It has said what it says: the rest interests nobody, however long it is.
        end(new PostAnswer.Answered(response.statusCode(), told, ReadableText.of(start.getBytes()), took()));
      }
    });
    response.endHandler(whole -> end(new PostAnswer.Answered(response.statusCode(), told, ReadableText.of(start.getBytes()), took())));
  }

  private void failed(String what, @Nullable Throwable cause) {
    var why = cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage();
    end(new PostAnswer.Failed(ReadableText.of(what + why), false, took()));
  }

  private void end(PostAnswer with) {
    if (answer.tryComplete(with)) {
      vertx.cancelTimer(timer);
      var open = request;
      if (open != null) {
        open.connection().close();
      }
    }
  }

  private String late() {
    return (request == null ? "No connection" : answering ? "No whole answer" : "No answer") + " within " + seconds();
  }

  private String seconds() {
    return deadline.toMillis() / 1_000.0 + " s";
  }

  private String brokenOff() {
    return answering ? "The connection broke off in the middle of the answer" : "The connection broke off before an answer";
  }

  private Duration took() {
    return Duration.ofNanos(System.nanoTime() - began);
  }
}
