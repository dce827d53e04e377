package io.agentbus.sim;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What senders and readers were told: nothing accepted is lost, nothing acknowledged comes again, and senders are who they are. */
final class MailLedger {
  /** An acknowledgement that was answered. @param nanos when */
  private record Acked(JsonNode result, long nanos) {}

  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private final Map<String, Acked> acked = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicInteger repeats = new AtomicInteger();
  private volatile boolean over;

  /** A message was answered as sent. @param title tells it from all others */
  void accepted(String title) {
    accepted.add(title);
  }

  /** A call was made once more, as its answer was lost or its caller died. */
  void repeated() {
    repeats.incrementAndGet();
  }

  /**
   * A message came in a page.
   *
   * @param reader whose inbox it is
   * @param asked when the page was asked for
   */
  void seen(JsonNode message, String reader, long asked) {
    var before = acked.get(message.get("id").asText());
    if (before != null && before.nanos() < asked) {
      failed(new AssertionError("seen after it was acknowledged: " + message));
    }
    var title = message.get("title").asText();
    if (!message.get("from").asText().equals(title.substring(0, title.indexOf('#'))) || !message.get("to").equals(message.at("/payload/to"))
        || !message.get("to").asText().equals(reader)) {
      failed(new AssertionError("not from whom it says, or in another's inbox (" + reader + "): " + message));
    }
    seen.add(title);
  }

  void acked(JsonNode message) {
    var now = new Acked(message.get("result"), System.nanoTime());
    var before = acked.putIfAbsent(message.get("id").asText(), now);
    if (before != null && !before.result().equals(now.result())) {
      failed(new AssertionError("acknowledged with two results, " + before.result() + " and " + now.result() + ": " + message));
    }
  }

  boolean over() {
    return over || failure.get() != null;
  }

  void end() {
    over = true;
  }

  void failed(Throwable cause) {
    failure.compareAndSet(null, cause);
  }

  @Nullable Throwable failure() {
    return failure.get();
  }

  Set<String> accepted() {
    return accepted;
  }

  Set<String> seen() {
    return seen;
  }

  @Override
  public String toString() {
    return accepted.size() + " sent, " + acked.size() + " acknowledged, " + repeats + " calls repeated";
  }
}
