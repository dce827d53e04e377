package io.agentbus.subscription;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.db.Sql;
import io.agentbus.op.Call;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A webhook target in this process, which answers as a test wants and keeps what it was sent. */
final class Endpoint implements WebhookTarget {
  static final Outcome TAKEN = new Outcome.Delivered(new Tried(200, null, null, "ok"), null);

  final List<Delivery> sent = new CopyOnWriteArrayList<>();
  volatile Function<Delivery, Outcome> answer = delivery -> TAKEN;

  @Override
  public @Nullable String open(Call call, UUID subscription, String url, WebhookSettings settings) {
    return null;
  }

  @Override
  public void change(Call call, UUID subscription, @Nullable String url, WebhookChange change) {}

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
    sent.add(delivery);
    return answer.apply(delivery);
  }

  List<UUID> events(UUID subscription) {
    return sent.stream().filter(delivery -> delivery.subscriptionId().equals(subscription)).map(delivery -> delivery.event().id()).toList();
  }
}
