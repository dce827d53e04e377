package io.agentbus.http.out;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Names as this machine resolves them, its hosts file included. The system's call cannot be given up and may take half a minute: it runs on
 * threads of its own, which nothing else needs. Who asks for a name that is being looked up gets the answer of that; and the names of one zone
 * get no more threads than they leave free, so that a zone whose servers are silent leaves room to others.
 */
public final class SystemHostNames implements HostNames, AutoCloseable {
  static final int MOST_AT_ONCE = 64;
  /**
   * How the system's libraries say that there is no such name, or none with an address. Whatever else they say, in whatever language, is taken
   * for a failure that passes.
   */
  private static final List<String> NO_SUCH_NAME = List.of("not known", "No address associated with", "does not resolve", "no usable address",
      "No such host is known");

  private final LookUp system;
  private final ConcurrentHashMap<String, Future<List<InetAddress>>> underWay = new ConcurrentHashMap<>();
  /** Names under way by zone; guarded by itself, as is the sum. */
  private final Map<String, Integer> zones = new HashMap<>();
  private int atOnce;
  private final ThreadPoolExecutor threads = new ThreadPoolExecutor(0, MOST_AT_ONCE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(),
      Thread.ofPlatform().daemon().name("host-names-", 0).factory());

  /** Makes Java ask again for names that nobody could tell of a moment ago. Before anything looks a name up. */
  public static void rememberNoFailures() {
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
  }

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
    if (!enter(zone)) {
      underWay.remove(host, found.future());
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
    } catch (UnknownHostException unknown) {
      over(host, zone, found);
      found.fail(saysNo(unknown, host) ? unknown : new Silent());
    } catch (Throwable failure) {
      over(host, zone, found);
      found.tryFail(failure);
    }
  }

  /** Whether it is known that there is no such name. A failure that Java remembers bears no reason, and may be of either kind. */
  private static boolean saysNo(UnknownHostException unknown, String host) {
    var message = String.valueOf(unknown.getMessage());
    var reason = message.startsWith(host) ? message.substring(host.length()) : message;
    return NO_SUCH_NAME.stream().anyMatch(reason::contains);
  }

  private boolean enter(String zone) {
    synchronized (zones) {
      var names = zones.getOrDefault(zone, 0);
      if (names >= MOST_AT_ONCE - atOnce) {
        return false;
      }
      zones.put(zone, names + 1);
      atOnce++;
      return true;
    }
  }

  private void over(String host, String zone, Promise<List<InetAddress>> found) {
    underWay.remove(host, found.future());
    synchronized (zones) {
      zones.computeIfPresent(zone, (_, names) -> names <= 1 ? null : names - 1);
      atOnce--;
    }
  }

  /** The last two labels: those who share them share their name servers, or those above them. Under some, such as co.uk, are many strangers. */
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
