package io.agentbus.http;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts open connections of a node, overall and by address, and says when one is too many. Any thread. */
public final class ConnectionCount {
  private final int most;
  private final int mostPerAddress;
  private final AtomicInteger open = new AtomicInteger();
  /** Bounded by the overall limit: an address leaves with its last connection. */
  private final ConcurrentHashMap<String, Integer> byAddress = new ConcurrentHashMap<>();

  /**
   * @param most connections of all addresses
   * @param mostPerAddress connections of one
   */
  public ConnectionCount(int most, int mostPerAddress) {
    this.most = most;
    this.mostPerAddress = mostPerAddress;
  }

  /** Takes a place; every {@code true} is paid back by one {@link #leave}. */
  public boolean enter(String address) {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      return false;
    }
    if (byAddress.merge(address, 1, Integer::sum) > mostPerAddress) {
      leave(address);
      return false;
    }
    return true;
  }

  /** Gives a place back. */
  public void leave(String address) {
    byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    open.decrementAndGet();
  }

  /** Connections open now. */
  public int open() {
    return open.get();
  }
}
