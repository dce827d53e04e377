package io.agentbus.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Webhooks that the node sends: whom it may call at a subscriber's word, and how long an endpoint may fail.
 *
 * @param allow ranges of addresses that may be called although they are no part of the public Internet
 * @param httpsOnly whether plain HTTP is refused
 * @param ports that may be called; empty = 80, 443 and those from 1024 on
 * @param tlsCa PEM file with the authorities of the endpoints' certificates; null = those that Java trusts
 * @param hold how long an endpoint that keeps failing is left alone each time
 * @param disableAfter an endpoint that did nothing but fail for so long is disabled
 */
public record WebhooksConfig(List<String> allow, boolean httpsOnly, List<Integer> ports, @Nullable Path tlsCa, Duration hold, Duration disableAfter) {
  private static final int MOST = 100;

  public WebhooksConfig {
    allow = List.copyOf(allow);
    ports = List.copyOf(ports);
    Check.that(allow.size() <= MOST, "webhooks.allow", allow.size() + " entries long", "must have at most " + MOST);
    Check.that(ports.size() <= MOST, "webhooks.ports", ports.size() + " entries long", "must have at most " + MOST);
    ports.forEach(port -> Check.within("webhooks.ports", port, 1, 65_535));
    Check.within("webhooks.hold", hold, Duration.ofMillis(100), Duration.ofHours(1));
    Check.within("webhooks.disable-after", disableAfter, Duration.ofSeconds(1), Duration.ofDays(365));
  }

  public static WebhooksConfig defaults() {
    return new WebhooksConfig(List.of(), false, List.of(), null, Duration.ofMinutes(1), Duration.ofDays(5));
  }
}
