package io.agentbus.http.out;

import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before every request to an address that a caller named: finds what the name means now, and lets the request go
 * only when every one of its addresses may be reached. Whoever asks connects to an address it answered and to no other:
 * a name that means something else a moment later gains nothing.
 */
public final class EgressGuard {
  private static final Logger LOG = LoggerFactory.getLogger(EgressGuard.class);

  private final EgressRules rules;
  private final HostNames names;

  public EgressGuard(EgressRules rules, HostNames names) {
    this.rules = rules;
    this.names = names;
  }

  public EgressRules rules() {
    return rules;
  }

  /**
   * The addresses to connect to, each checked, in the order of the name servers.
   *
   * @return fails with {@link Denied} when one of them may not be reached, and with another failure when there is none
   */
  Future<List<InetAddress>> addresses(EgressUrl url) {
    var literal = url.address();
    return (literal == null ? names.addresses(url.host()) : Future.succeededFuture(List.of(literal))).map(found -> {
      if (found.isEmpty()) {
        throw new IllegalStateException("it has no address");
      }
      for (var address : found) {
        var denial = rules.denial(address);
        if (denial != null) {
          LOG.atInfo().addKeyValue("host", url.host()).addKeyValue("address", Cidr.unmapped(address).getHostAddress())
              .addKeyValue("which", denial).log("a webhook is not sent there; webhooks.allow would let it");
          throw new Denied();
        }
      }
      return found.stream().map(Cidr::unmapped).toList();
    });
  }

  /** An address that may not be reached. Which one, the log tells and nobody else: names of the own networks mean something to strangers. */
  static final class Denied extends RuntimeException {
    Denied() {
      super(null, null, false, false);
    }
  }
}
