package io.agentbus.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/** Calls of one token holder over connections that are kept; more at once wait for a free one. Used on the thread of its loop. */
final class HttpCalls {
  private record Waiting(byte[] request, String path, Consumer<byte[]> answered) {}

  private final LoadLoop loop;
  private final InetSocketAddress address;
  private final int most;
  private final String common;
  private final ArrayDeque<LoadConnection> free = new ArrayDeque<>();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private int opened;

  /** @param most connections, opened when they are needed: the node closes one on which no request comes */
  HttpCalls(LoadLoop loop, URI node, String token, int most) {
    this.loop = loop;
    this.address = new InetSocketAddress(node.getHost(), node.getPort());
    this.most = most;
    this.common = "Host: " + node.getAuthority() + "\r\nAuthorization: Bearer " + token + "\r\n";
  }

  /** The bytes of a POST of JSON, to be sent any number of times. */
  byte[] request(String path, String body) {
    var length = body.getBytes(StandardCharsets.UTF_8).length;
    return ("POST " + path + " HTTP/1.1\r\n" + common + "Content-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n" + body)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The bytes of a GET. */
  byte[] request(String path) {
    return ("GET " + path + " HTTP/1.1\r\n" + common + "\r\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Sends a request made by {@code request}; an answer other than 2xx fails the loop. @param path for the words of a failure */
  void send(String path, byte[] request, Consumer<byte[]> answered) {
    var call = new Waiting(request, path, answered);
    var connection = free.poll();
    if (connection != null) {
      send(connection, call);
    } else if (opened < most) {
      opened++;
      send(open(), call);
    } else {
      waiting.add(call);
    }
  }

  private LoadConnection open() {
    try {
      return new LoadConnection(loop, address);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void send(LoadConnection connection, Waiting call) {
    connection.send(call.request, (status, body) -> {
      if (status / 100 != 2) {
        loop.fail(new IOException(call.path + " answered " + status + ": " + new String(body, StandardCharsets.UTF_8)));
        return;
      }
      var next = waiting.poll();
      if (next == null) {
        free.push(connection);
      } else {
        send(connection, next);
      }
      call.answered.accept(body);
    });
  }
}
