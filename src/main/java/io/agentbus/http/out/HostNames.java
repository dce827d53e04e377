package io.agentbus.http.out;

import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;

/** Finds the addresses of a name. */
@FunctionalInterface
public interface HostNames {
  /**
   * Every address that the name has now, of both families.
   *
   * @param host a name, never a literal address
   * @return at least one; fails with {@link java.net.UnknownHostException} when there is none, with {@link Silent} when nobody could tell, and with
   *     {@link Busy} when nobody was asked
   */
  Future<List<InetAddress>> addresses(String host);

  /** Whoever was asked could not tell, for now: it says nothing of the name. */
  final class Silent extends RuntimeException {
    Silent() {
      super("the name servers cannot tell for now", null, false, false);
    }
  }

  /** As many names are being looked up as may be: it says nothing of this one. */
  final class Busy extends RuntimeException {
    Busy() {
      super("too many names wait for an answer of the name servers", null, false, false);
    }
  }
}
