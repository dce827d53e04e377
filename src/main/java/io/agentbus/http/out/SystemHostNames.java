package io.agentbus.http.out;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Names as this machine resolves them, its hosts file included. The system's call cannot be given up: it runs on threads
 * of its own, few of them, so that a name server that is silent holds nothing else.
 */
public final class SystemHostNames implements HostNames, AutoCloseable {
  private static final int MOST_AT_ONCE = 16;

  private final ThreadPoolExecutor threads = new ThreadPoolExecutor(0, MOST_AT_ONCE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(),
      Thread.ofPlatform().daemon().name("host-names-", 0).factory());

  @Override
  public Future<List<InetAddress>> addresses(String host) {
    var found = Promise.<List<InetAddress>>promise();
    try {
      threads.execute(() -> {
        try {
          found.tryComplete(List.of(InetAddress.getAllByName(host)));
        } catch (UnknownHostException | RuntimeException e) {
          found.tryFail(e);
        }
      });
    } catch (RejectedExecutionException full) {
      found.tryFail(new UnknownHostException("too many names wait for an answer of the name servers"));
    }
    return found.future();
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
