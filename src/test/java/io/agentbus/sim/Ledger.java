package io.agentbus.sim;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What the claimers were told: no fence is handed out twice, and no job is accepted as done under two fences. */
final class Ledger {
  private final Map<String, String> claims = new ConcurrentHashMap<>();
  private final Map<String, Long> done = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicInteger lost = new AtomicInteger();
  private volatile boolean over;

  boolean over() {
    return over || failure.get() != null;
  }

  void end() {
    over = true;
  }

  /** @param claim which claim it was; the same one may be answered twice */
  void claimed(JsonNode job, String claim) {
    var before = claims.putIfAbsent(job.get("id").asText() + " " + job.get("fence").asText(), claim);
    if (before != null && !before.equals(claim)) {
      failed(new AssertionError("two claims were given the same fence of " + job));
    }
  }

  void completed(JsonNode job) {
    var before = done.putIfAbsent(job.get("id").asText(), job.get("fence").asLong());
    if (before != null && before != job.get("fence").asLong()) {
      failed(new AssertionError("accepted under two fences, " + before + " and " + job.get("fence") + ": " + job));
    }
  }

  void allowed(ProblemException refusal, ProblemCode expected) {
    if (refusal.code() != expected) {
      throw refusal;
    }
    lost.incrementAndGet();
  }

  void failed(Throwable cause) {
    failure.compareAndSet(null, cause);
  }

  @Nullable Throwable failure() {
    return failure.get();
  }

  /** Fence by job of every completion that was answered as accepted. */
  Map<String, Long> done() {
    return done;
  }

  @Override
  public String toString() {
    return claims.size() + " leases, " + done.size() + " completions, " + lost + " refusals";
  }
}
