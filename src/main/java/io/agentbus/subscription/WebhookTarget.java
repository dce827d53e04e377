package io.agentbus.subscription;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.db.Sql;
import io.agentbus.op.Call;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where deliveries leave the bus as webhooks. What is secret, how an endpoint fares and how fast it may be called is kept behind this; the
 * schedule of tries, dead letters and the limit on deliveries under way at once are kept here.
 */
public interface WebhookTarget {
  /**
   * Keeps the endpoint of a subscription that is being made, as part of that transaction.
   *
   * @param call who subscribes; its statements are part of the transaction
   * @return the secret with which it is signed, told this once; null when there is none
   * @throws io.agentbus.problem.ProblemException {@code invalid_input} at {@code /url} or {@code /webhook/...} for what cannot be sent to
   */
  @Nullable String open(Call call, UUID subscription, String url, WebhookSettings settings);

  /**
   * Changes the endpoint of a subscription, as part of that transaction. Another address begins without past failures.
   *
   * @param call who changes it; its statements are part of the transaction
   * @param url the new address; null = it stays
   * @throws io.agentbus.problem.ProblemException {@code invalid_input} for what cannot be sent to, and for another host without headers of its
   *     own where there are some: theirs may be passwords, and whoever names the host need not know them
   */
  void change(Call call, UUID subscription, @Nullable String url, WebhookChange change);

  /** What is told of an endpoint: its address, the names of its headers, how it fares. Never a secret. */
  ObjectNode describe(Sql sql, UUID subscription);

  /** The subscription was resumed, possibly after it was disabled: past failures count no more. Part of that transaction. */
  void resumed(Sql tx, UUID subscription);

  /** Forgets the endpoint, as part of the transaction that removes the subscription. */
  void close(Sql tx, UUID subscription);

  /**
   * Sends one delivery and waits for the answer, for at most a minute. Virtual threads only, many at once; no transaction is open. What it
   * throws counts as a failed try.
   */
  Outcome send(Delivery delivery);
}
