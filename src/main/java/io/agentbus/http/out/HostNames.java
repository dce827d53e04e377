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
   * @return at least one; fails when there is none, or nobody can tell
   */
  Future<List<InetAddress>> addresses(String host);
}
