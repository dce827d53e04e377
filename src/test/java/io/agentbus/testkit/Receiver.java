package io.agentbus.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A receiver of webhooks on the loopback, which writes its answers byte by byte as a test wants them, and keeps what it got. */
public final class Receiver implements AutoCloseable {
  /**
   * A request that was read whole.
   *
   * @param line the request line
   * @param headers by lower-case name; of several the last
   */
  public record Got(String line, Map<String, String> headers, byte[] body) {
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    public String header(String name) {
      return headers.get(name);
    }
  }

  /** How it answers. */
  @FunctionalInterface
  public interface Answer {
    /** Writes to the connection; it is closed afterwards. */
    void write(Got got, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket server;
  private final List<Got> got = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Answer answer;

  private Receiver(int port, Answer answer) throws IOException {
    server = new ServerSocket(port, 100, InetAddress.getLoopbackAddress());
    this.answer = answer;
    Thread.ofVirtual().name("receiver").start(this::accept);
  }

  public static Receiver start(Answer answer) {
    return start(0, answer);
  }

  /** On a port where one may have been before. */
  public static Receiver start(int port, Answer answer) {
    try {
      return new Receiver(port, answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers from now on in another way. */
  public void answer(Answer other) {
    answer = other;
  }

  public int port() {
    return server.getLocalPort();
  }

  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  /** What came, in its order. */
  public List<Got> got() {
    return got;
  }

  /** An answer with nothing but a status and headers such as {@code Retry-After: 3}. */
  public static Answer status(int status, String... headers) {
    return (request, out) -> out.write(head(status, 2, headers).concat("ok").getBytes(StandardCharsets.US_ASCII));
  }

  /** The head of an answer. */
  public static String head(int status, int length, String... headers) {
    return "HTTP/1.1 " + status + " Said\r\nContent-Length: " + length + "\r\n"
        + (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n") + "\r\n";
  }

  /** Says nothing until it is closed. */
  public Answer hang() {
    return (request, out) -> closed.await();
  }

  /** Says it one byte at a time, each after a while. */
  public Answer trickle(String text, long everyMillis) {
    return (request, out) -> {
      for (var one : text.getBytes(StandardCharsets.US_ASCII)) {
        out.write(one);
        out.flush();
        if (closed.await(everyMillis, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    };
  }

  /** Says the beginning, and the rest again and again as fast as it is taken. */
  public Answer endless(String begin, String again) {
    return (request, out) -> {
      out.write(begin.getBytes(StandardCharsets.US_ASCII));
      while (closed.getCount() > 0) {
        out.write(again.getBytes(StandardCharsets.US_ASCII));
      }
    };
  }

  /** Says only this and closes the connection. */
  public static Answer say(String text) {
    return (request, out) -> out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        open.add(socket);
        Thread.ofVirtual().name("receiver-connection").start(() -> serve(socket));
      } catch (IOException end) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var request = read(socket.getInputStream());
      got.add(request);
      answer.write(request, socket.getOutputStream());
      socket.getOutputStream().flush();
    } catch (IOException | InterruptedException cut) {
      // The other end has hung up, which some tests are about.
    } finally {
      open.remove(socket);
    }
  }

  private static Got read(InputStream in) throws IOException {
    var line = line(in);
    var headers = new TreeMap<String, String>();
    for (var next = line(in); !next.isEmpty(); next = line(in)) {
      var colon = next.indexOf(':');
      headers.put(next.substring(0, colon).toLowerCase(Locale.ROOT), next.substring(colon + 1).strip());
    }
    return new Got(line, headers, in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0"))));
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (var c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("hung up in the middle of the request");
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      server.close();
      for (var socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
