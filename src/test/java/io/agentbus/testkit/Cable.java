package io.agentbus.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/**
 * Stands between a node and its database, and can be held: then nothing crosses it any more and nobody is told, as when
 * a server freezes or a network loses everything.
 */
public final class Cable implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("(?<=[@/])([^@/:]+):(\\d+)(?=/)");

  private final ServerSocket here;
  private final String url;
  private final String host;
  private final int port;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition released = lock.newCondition();
  private boolean held;

  private Cable(String url) throws IOException {
    var address = ADDRESS.matcher(url);
    if (!address.find()) {
      throw new IllegalArgumentException("the URL names no host and port");
    }
    this.host = address.group(1);
    this.port = Integer.parseInt(address.group(2));
    this.here = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    this.url = address.replaceFirst("127.0.0.1:" + here.getLocalPort());
    Thread.startVirtualThread(this::accept);
  }

  /** Lays a cable to the database of a {@code postgresql://} URL. */
  public static Cable to(String url) {
    try {
      return new Cable(url);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The database as seen through the cable. */
  public String url() {
    return url;
  }

  /** Lets nothing through any more, also of connections that are made from now on. */
  public void hold() {
    lock.lock();
    held = true;
    lock.unlock();
  }

  /** Lets through what is held, and what comes. */
  public void release() {
    lock.lock();
    held = false;
    released.signalAll();
    lock.unlock();
  }

  @Override
  public void close() {
    release();
    try {
      here.close();
      for (var socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!here.isClosed()) {
      try {
        var near = here.accept();
        var far = new Socket(host, port);
        sockets.addAll(List.of(near, far));
        Thread.startVirtualThread(() -> carry(near, far));
        Thread.startVirtualThread(() -> carry(far, near));
      } catch (IOException closed) {
        // The cable is gone, or the server takes no more connections: the other side hears that by itself.
      }
    }
  }

  private void carry(Socket from, Socket to) {
    var bytes = new byte[8_192];
    try (from; to) {
      for (var read = from.getInputStream().read(bytes); read >= 0; read = from.getInputStream().read(bytes)) {
        awaitReleased();
        to.getOutputStream().write(bytes, 0, read);
      }
    } catch (IOException ended) {
      // One side has closed; so the other is closed too.
    }
  }

  private void awaitReleased() {
    lock.lock();
    try {
      while (held) {
        released.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }
}
