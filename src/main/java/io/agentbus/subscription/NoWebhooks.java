package io.agentbus.subscription;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.db.Sql;
import io.agentbus.op.Call;
import io.agentbus.problem.ProblemException;
import java.time.Duration;
import java.util.UUID;

/** For nodes that cannot send webhooks. */
public final class NoWebhooks implements WebhookTarget {
  @Override
  public String open(Call call, UUID subscription, String url, WebhookSettings settings) {
    throw ProblemException.invalid("/to", "this node sends no webhooks");
  }

  @Override
  public ObjectNode describe(Sql sql, UUID subscription) {
    return JsonNodeFactory.instance.objectNode();
  }

  @Override
  public void resumed(Sql tx, UUID subscription) {}

  @Override
  public void close(Sql tx, UUID subscription) {}

  @Override
  public Outcome send(Delivery delivery) {
    return new Outcome.Postponed("this node sends no webhooks", Duration.ofMinutes(1));
  }
}
