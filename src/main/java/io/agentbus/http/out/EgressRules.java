package io.agentbus.http.out;

import io.agentbus.config.ConfigException;
import io.agentbus.config.WebhooksConfig;
import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which machines may be reached at a caller's word: those of the public Internet. What belongs to this machine, to its
 * networks or to nobody is denied, because behind those addresses stand services that trust whoever reaches them.
 *
 * @param allow ranges that may be reached although they are denied otherwise
 * @param httpsOnly whether plain HTTP is refused
 * @param ports that may be reached; empty = 80, 443 and those from 1024 on, so that no mail or login service is spoken to
 */
public record EgressRules(List<Cidr> allow, boolean httpsOnly, List<Integer> ports) {
  /** Why each range is denied, in words that end "... is". From IANA's registries of special addresses. */
  private static final Map<Cidr, String> DENIED = denied();
  /** What of IPv6 is given out to the public Internet; everything else is denied, known or not. */
  private static final Cidr PUBLIC_V6 = Cidr.parse("2000::/3");

  public EgressRules {
    allow = List.copyOf(allow);
    ports = List.copyOf(ports);
  }

  /** The public Internet, by HTTP or HTTPS. */
  public static EgressRules defaults() {
    return new EgressRules(List.of(), false, List.of());
  }

  /** What an operator set. @throws ConfigException for an entry that is no range */
  public static EgressRules of(WebhooksConfig config) {
    return new EgressRules(config.allow().stream().map(EgressRules::range).toList(), config.httpsOnly(), config.ports());
  }

  private static Cidr range(String text) {
    try {
      return Cidr.parse(text);
    } catch (IllegalArgumentException wrong) {
      throw new ConfigException("webhooks.allow", "webhooks.allow holds '" + text + "'; each entry " + wrong.getMessage() + ".");
    }
  }

  /** Why an address may not be reached, as the end of a sentence about it; null = it may. */
  public @Nullable String denial(InetAddress given) {
    var address = Cidr.unmapped(given);
    if (allow.stream().anyMatch(range -> range.contains(address))) {
      return null;
    }
    for (var range : DENIED.entrySet()) {
      if (range.getKey().contains(address)) {
        return "is " + range.getValue();
      }
    }
    return address.getAddress().length == 16 && !PUBLIC_V6.contains(address) ? "is no address of the public Internet" : null;
  }

  /** Whether a port may be reached. */
  public boolean allowsPort(int port) {
    return ports.isEmpty() ? port == 80 || port == 443 || port >= 1024 : ports.contains(port);
  }

  private static Map<Cidr, String> denied() {
    var ranges = new LinkedHashMap<Cidr, String>();
    put(ranges, "a loopback address", "127.0.0.0/8", "::1");
    put(ranges, "a private address", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10");
    put(ranges, "a link-local address", "169.254.0.0/16", "fe80::/10");
    put(ranges, "an address of a carrier's own network", "100.64.0.0/10");
    put(ranges, "no address of a machine", "0.0.0.0/8", "::");
    put(ranges, "a multicast address", "224.0.0.0/4", "ff00::/8");
    put(ranges, "reserved or a broadcast address", "240.0.0.0/4");
    put(ranges, "an address of documentation", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20");
    put(ranges, "an address of tests", "198.18.0.0/15");
    put(ranges, "an address of a protocol", "192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24", "2001::/23", "2620:4f:8000::/48");
    // Public by its number, and yet what machines at Azure ask for their settings and keys.
    put(ranges, "an address of a cloud's own services", "168.63.129.16/32");
    put(ranges, "an address that stands for another one", "192.88.99.0/24", "2002::/16", "64:ff9b::/96", "64:ff9b:1::/48", "::/96");
    put(ranges, "an address at which packets are thrown away", "100::/64");
    put(ranges, "an address of segment routing", "5f00::/16");
    return Collections.unmodifiableMap(ranges);
  }

  private static void put(Map<Cidr, String> ranges, String what, String... texts) {
    for (var text : texts) {
      ranges.put(Cidr.parse(text), what);
    }
  }
}
