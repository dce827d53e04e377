package io.agentbus.http.out;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Names as this machine resolves them, its hosts file included. The system's call cannot be given up and may take half a minute: it runs on
 * threads of its own, which nothing else needs. Who asks for a name that is being looked up gets the answer of that; and the names of one zone
 * take a part of the threads only, so that a zone whose servers are silent leaves the rest to others.
 */
public final class SystemHostNames implements HostNames, AutoCloseable {
  static final int MOST_AT_ONCE = 64;
  static final int MOST_OF_ZONE = 8;

  private final LookUp system;
  private final ConcurrentHashMap<String, Future<List<InetAddress>>> underWay = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Integer> zones = new ConcurrentHashMap<>();
  private final ThreadPoolExecutor threads = new ThreadPoolExecutor(0, MOST_AT_ONCE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(),
      Thread.ofPlatform().daemon().name("host-names-", 0).factory());

  public SystemHostNames() {
    this(InetAddress::getAllByName);
  }

  SystemHostNames(LookUp system) {
    this.system = system;
  }

  /** Asks the system; waits for its answer. */
  @FunctionalInterface
  interface LookUp {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  @Override
  public Future<List<InetAddress>> addresses(String host) {
    var found = Promise.<List<InetAddress>>promise();
    var other = underWay.putIfAbsent(host, found.future());
    if (other != null) {
      return other;
    }
    var zone = zone(host);
    if (zones.merge(zone, 1, Integer::sum) > MOST_OF_ZONE) {
      over(host, zone, found);
      found.fail(new Busy());
      return found.future();
    }
    try {
      threads.execute(() -> lookUp(host, zone, found));
    } catch (RejectedExecutionException full) {
      over(host, zone, found);
      found.fail(new Busy());
    }
    return found.future();
  }

  private void lookUp(String host, String zone, Promise<List<InetAddress>> found) {
    try {
      var addresses = List.of(system.addresses(host));
      over(host, zone, found);
      found.complete(addresses);
    } catch (Throwable failure) {
      over(host, zone, found);
      found.tryFail(failure);
    }
  }

  private void over(String host, String zone, Promise<List<InetAddress>> found) {
    underWay.remove(host, found.future());
    zones.computeIfPresent(zone, (_, names) -> names <= 1 ? null : names - 1);
  }

  /** The last two labels: those who share them share their name servers, or those above them. */
  private static String zone(String host) {
    var last = host.lastIndexOf('.');
    var before = last < 0 ? -1 : host.lastIndexOf('.', last - 1);
    return host.substring(before + 1);
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
