package io.agentbus.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Sends requests from clients that each wait for their answer before the next. */
final class PostLoop {
  private final HttpCalls calls;
  private final String path;
  private final List<byte[]> requests;
  private final long[] nanos;
  private int next;
  private int left;

  /** @param requests each is sent once */
  PostLoop(HttpCalls calls, String path, List<byte[]> requests) {
    this.calls = calls;
    this.path = path;
    this.requests = requests;
    this.nanos = new long[requests.size()];
    this.left = requests.size();
  }

  void run(LoadLoop loop, int clients, long limitSeconds) throws IOException, TimeoutException {
    for (var i = 0; i < clients; i++) {
      post();
    }
    loop.runUntil(() -> left == 0, limitSeconds);
  }

  /** What each call took. */
  long[] nanos() {
    return nanos;
  }

  private void post() {
    if (next == nanos.length) {
      return;
    }
    var number = next++;
    var sent = System.nanoTime();
    calls.send(path, requests.get(number), answer -> {
      nanos[number] = System.nanoTime() - sent;
      left--;
      post();
    });
  }
}
