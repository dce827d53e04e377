package io.agentbus.cel;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/**
 * How large what expressions fill in may become, all of it together, and how much work that may be. Asked before each part is made, so that
 * nothing larger is ever held. One thread, one filling.
 */
public final class FillRoom {
  /** Longest evaluation by the clock. Long, because nobody else waits for it and a node that was stopped for a while must not fail it. */
  private static final Duration MAX_TIME = Duration.ofSeconds(30);
  /** So many times the steps of one evaluation may all of them take. */
  private static final int EVALUATIONS = 5;
  /** So much a value takes beside its texts: quotes, commas, digits. */
  private static final int VALUE = 4;

  private final int most;
  private long left;
  private int steps;

  /** @param most about so many bytes of JSON, such as the limit of payloads */
  public FillRoom(int most) {
    this.most = most;
    this.left = most;
  }

  /** Steps that were taken so far. */
  public int steps() {
    return steps;
  }

  /** @throws CelProgram.Failed when it cannot be evaluated over this event, or all together took too many steps */
  Object evaluate(CelProgram program, EventFacts event) {
    var most = Math.min(Expressions.MAX_COST, EVALUATIONS * Expressions.MAX_COST - steps);
    var meter = new Meter(most, MAX_TIME);
    try {
      return program.evaluate(event, meter);
    } finally {
      steps += most - meter.left();
    }
  }

  /** @throws CelProgram.Failed when there is no room for a value with a text of so many characters */
  void take(int characters) {
    left -= (long) characters + VALUE;
    if (left < 0) {
      throw new CelProgram.Failed("it comes to more than " + most + " bytes");
    }
  }

  /** As {@link #take}, for all that a part holds that no expression makes. */
  void takeAll(JsonNode node) {
    take(node.isTextual() ? node.textValue().length() : 0);
    node.properties().forEach(field -> {
      take(field.getKey().length());
      takeAll(field.getValue());
    });
    if (node.isArray()) {
      node.forEach(this::takeAll);
    }
  }
}
