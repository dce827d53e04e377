package io.agentbus.subscription;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.db.Tx;
import io.agentbus.op.Caller;

/** A target within the bus, written to in the transaction that ends the delivery: exactly once, whatever dies. */
interface InnerTarget {
  /**
   * Delivers as part of a transaction, which is rolled back when the delivery turns out to be another node's.
   *
   * @param owner who the subscription acts for, with the rights of this moment
   */
  Outcome deliver(Tx tx, Definition subscription, Delivery delivery, Caller owner);

  /** What would be sent. Not for what fails: that throws as {@link #deliver} would say it. */
  JsonNode preview(Definition subscription, Happened event);
}
