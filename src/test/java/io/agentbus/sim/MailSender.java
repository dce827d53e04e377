package io.agentbus.sim;

import io.agentbus.op.Json;
import java.util.List;
import java.util.SplittableRandom;

/** One agent that sends messages to others, dies now and then before it hears the answer, and then sends the same again. */
final class MailSender implements Runnable {
  private final Fleet fleet;
  private final Fleet.Member self;
  private final List<Fleet.Member> readers;
  private final int node;
  private final int count;
  private final SplittableRandom random;
  private final MailLedger ledger;
  private final int lane;

  /** @param lane tells it from other senders that are the same agent */
  MailSender(Fleet fleet, Fleet.Member self, List<Fleet.Member> readers, int node, int count, SplittableRandom random, MailLedger ledger,
      int lane) {
    this.fleet = fleet;
    this.self = self;
    this.readers = readers;
    this.node = node;
    this.count = count;
    this.random = random;
    this.ledger = ledger;
    this.lane = lane;
  }

  @Override
  public void run() {
    try {
      for (var i = 0; i < count && !ledger.over(); i++) {
        send(i);
      }
    } catch (RuntimeException | AssertionError failure) {
      ledger.failed(failure);
    }
  }

  private void send(int number) {
    var title = self.name() + "#" + lane + "-" + number;
    var to = readers.get(random.nextInt(readers.size())).name();
    var input = Json.MAPPER.createObjectNode().put("target_agent", to).put("title", title).put("priority", 1 + random.nextInt(10));
    input.putObject("payload").put("to", to);
    // With the one it is sent once, whatever happens; with the other once while nobody has acknowledged it.
    var exact = random.nextInt(10) == 0;
    if (!exact) {
      input.put("dedupe_key", title);
    }
    var text = input.toString();
    fleet.ask(node, self.token(), "notify", text, exact ? title : null);
    if (random.nextInt(50) == 0) {
      ledger.repeated();
      fleet.ask(node + 1, self.token(), "notify", text, exact ? title : null);
    }
    ledger.accepted(title);
  }
}
