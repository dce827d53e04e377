package io.agentbus.config;

import java.time.Duration;

/**
 * What callers may ask for. Everything that can grow stops at one of these.
 *
 * @param payload a job's or event's payload, as JSON text
 * @param result a job's result, as JSON text
 * @param body a request body
 * @param bulk entries in one bulk call, which is all or nothing
 * @param claim jobs in one claim
 * @param page entries in a page when the caller names no number
 * @param pageMax entries in a page at most
 * @param inbox unacknowledged messages an agent's inbox holds; further ones are refused
 * @param memoryEntries entries a namespace holds on the memory bus; further ones are refused
 * @param memoryNamespaces namespaces below their own that agents make by storing there
 * @param leaseMin shortest lease a claim may ask for
 * @param leaseMax longest lease a claim or a renewal may ask for
 * @param poll longest time until a listener that missed its wake-up looks into the database
 * @param waitMax longest a caller may wait for work in one call
 */
public record LimitsConfig(ByteSize payload, ByteSize result, ByteSize body, int bulk, int claim,
    int page,
    int pageMax, int inbox, int memoryEntries, int memoryNamespaces, Duration leaseMin, Duration leaseMax, Duration poll, Duration waitMax) {

  public LimitsConfig {
    Check.within("limits.body", body, ByteSize.ofKiB(16), ByteSize.ofMiB(64));
    Check.within("limits.payload", payload, ByteSize.ofKiB(1), body);
    Check.within("limits.result", result, ByteSize.ofKiB(1), body);
    Check.within("limits.bulk", bulk, 1, 10_000);
    Check.within("limits.claim", claim, 1, 1_000);
    Check.within("limits.page-max", pageMax, 1, 5_000);
    Check.within("limits.page", page, 1, pageMax);
    Check.within("limits.inbox", inbox, 1, 1_000_000);
    Check.within("limits.memory-entries", memoryEntries, 1, 10_000_000);
    Check.within("limits.memory-namespaces", memoryNamespaces, 1, 1_000_000);
    Check.within("limits.lease-max", leaseMax, Duration.ofSeconds(1), Duration.ofDays(7));
    Check.within("limits.lease-min", leaseMin, Duration.ofSeconds(1), leaseMax);
    Check.within("limits.poll", poll, Duration.ofMillis(50), Duration.ofMinutes(1));
    Check.within("limits.wait-max", waitMax, Duration.ZERO, Duration.ofMinutes(10));
  }

  public static LimitsConfig defaults() {
    return new LimitsConfig(ByteSize.ofKiB(256), ByteSize.ofMiB(1), ByteSize.ofMiB(4), 1_000, 100, 100, 500, 10_000, 10_000, 1_000,
        Duration.ofSeconds(1), Duration.ofDays(1), Duration.ofSeconds(2), Duration.ofSeconds(60));
  }
}
