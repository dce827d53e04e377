package io.agentbus.webhook.out;

import io.agentbus.op.Effect;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.op.Route;
import java.util.List;

/** The operations of outgoing webhooks; the subscriptions have the others. */
public final class WebhookOutOperations {
  public static final Operation<EndpointCare, RotateSubscriptionSecret, RotatedSubscriptionSecret> ROTATE_SUBSCRIPTION_SECRET =
      new Operation<>("rotate_subscription_secret", "Gives a subscription's webhooks another secret; for a while both sign.", Right.ASK,
          Effect.WRITE, Route.post("/event-subscriptions/{subscription_id}/rotate-secret"), EndpointCare.class, RotateSubscriptionSecret.class,
          RotatedSubscriptionSecret.class, EndpointCare::rotate);

  public static final Operation<EndpointCare, PingSubscription, PingedSubscription> PING_SUBSCRIPTION = new Operation<>("ping_subscription",
      "Sends one signed ping to a subscription's webhook and answers what came of it.", Right.ASK, Effect.WRITE,
      Route.post("/event-subscriptions/{subscription_id}/ping"), EndpointCare.class, PingSubscription.class, PingedSubscription.class,
      EndpointCare::ping);

  public static final List<Operation<EndpointCare, ?, ?>> ALL = List.of(ROTATE_SUBSCRIPTION_SECRET, PING_SUBSCRIPTION);

  private WebhookOutOperations() {}
}
