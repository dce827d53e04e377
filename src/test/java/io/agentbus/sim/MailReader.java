package io.agentbus.sim;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.SplittableRandom;

/** One of the programs that read an agent's inbox: dies now and then with what it has read, puts some off, acknowledges the rest. */
final class MailReader implements Runnable {
  private final Fleet fleet;
  private final Fleet.Member self;
  private final String name;
  private final int node;
  private final SplittableRandom random;
  private final MailLedger ledger;

  /** @param name tells it from the other readers of the agent */
  MailReader(Fleet fleet, Fleet.Member self, String name, int node, SplittableRandom random, MailLedger ledger) {
    this.fleet = fleet;
    this.self = self;
    this.name = name;
    this.node = node;
    this.random = random;
    this.ledger = ledger;
  }

  @Override
  public void run() {
    try {
      while (!ledger.over()) {
        var asked = System.nanoTime();
        var order = random.nextBoolean() ? "arrival" : "priority";
        var page = fleet.ask(node, self.token(), "inbox", "{\"wait_seconds\": 1, \"limit\": " + (1 + random.nextInt(50)) + ", \"order\": \"" + order + "\"}");
        var items = page.get("items");
        items.forEach(message -> ledger.seen(message, self.name(), asked));
        // Dead at some point of the page: the rest of it is for the next one.
        var lives = random.nextInt(10) == 0 ? random.nextInt(items.size() + 1) : items.size();
        for (var i = 0; i < lives; i++) {
          handle(items.get(i));
        }
      }
    } catch (RuntimeException | AssertionError failure) {
      ledger.failed(failure);
    }
  }

  private void handle(JsonNode message) {
    if (random.nextInt(50) == 0) {
      putOff(message);
      return;
    }
    var input = "{\"message_id\": " + message.get("id") + ", \"result\": {\"by\": \"" + name + "\"}}";
    ledger.acked(fleet.ask(node, self.token(), "ack_message", input));
    if (random.nextInt(50) == 0) {
      ledger.repeated();
      ledger.acked(fleet.ask(node + 1, self.token(), "ack_message", input.replace(name, "another")));
    }
  }

  private void putOff(JsonNode message) {
    try {
      fleet.ask(node, self.token(), "defer_message", "{\"message_id\": " + message.get("id") + ", \"seconds\": " + random.nextInt(2) + "}");
    } catch (ProblemException refusal) {
      // Another reader of the inbox acknowledged it first.
      if (refusal.code() != ProblemCode.INVALID_TRANSITION) {
        throw refusal;
      }
    }
  }
}
