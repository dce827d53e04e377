package io.agentbus.op;

/**
 * The numbers behind {@link Limit} on one node. Inputs are read by them and schemas show them.
 *
 * @param payload bytes of a job's or an event's payload, as JSON
 * @param result bytes of a job's result, as JSON
 * @param body bytes of a request body
 * @param bulk entries of one bulk call
 * @param claim jobs of one claim
 * @param page entries of a page when the caller names no number
 * @param pageMax entries of a page at most
 * @param leaseMin seconds of the shortest lease
 * @param leaseMax seconds of the longest lease
 * @param lease seconds of a lease when the caller names no number
 * @param waitMax seconds for which a call may wait
 * @param attempts of a job when the caller names no number
 * @param inbox unacknowledged messages of an agent
 * @param memoryEntries entries of one namespace on the memory bus
 * @param memoryNamespaces namespaces below an agent's own that storing there makes
 */
public record Limits(int payload, int result, int body, int bulk, int claim, int page, int pageMax, int leaseMin, int leaseMax, int lease, int waitMax,
    int attempts, int inbox, int memoryEntries, int memoryNamespaces) {
  /** What holds where nobody sets anything. */
  public static final Limits DEFAULT = new Limits(256 * 1_024, 1_024 * 1_024, 4 * 1_024 * 1_024, 1_000, 100, 100, 500, 1, 86_400, 600, 60, 5, 10_000,
      10_000, 1_000);

  /** Limits with the usual ones of the memory bus. */
  public Limits(int payload, int result, int body, int bulk, int claim, int page, int pageMax, int leaseMin, int leaseMax, int lease, int waitMax,
      int attempts, int inbox) {
    this(payload, result, body, bulk, claim, page, pageMax, leaseMin, leaseMax, lease, waitMax, attempts, inbox, DEFAULT.memoryEntries,
        DEFAULT.memoryNamespaces);
  }
}
