package io.agentbus.subscription;

import io.agentbus.op.Effect;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.op.Route;
import java.util.List;

/** The operations of subscriptions and their deliveries. */
public final class SubscriptionOperations {
  private static final String ONE = "/event-subscriptions/{subscription_id}";

  public static final Operation<Subscriptions, Subscribe, Subscription> SUBSCRIBE = new Operation<>("subscribe",
      "Asks to be told of events: by webhook, in an inbox, as jobs, on the event bus or as a stream.", Right.ASK, Effect.WRITE,
      Route.post("/event-subscriptions"), Subscriptions.class, Subscribe.class, Subscription.class, Subscriptions::subscribe);
  public static final Operation<Subscriptions, SubscriptionRef, Unsubscribed> UNSUBSCRIBE = new Operation<>("unsubscribe",
      "Removes a subscription with what still waits for it.", Right.ASK, Effect.DESTROY, Route.delete(ONE), Subscriptions.class,
      SubscriptionRef.class, Unsubscribed.class, Subscriptions::unsubscribe);
  public static final Operation<Subscriptions, ListSubscriptions, SubscriptionPage> LIST_SUBSCRIPTIONS = new Operation<>("list_subscriptions",
      "Lists subscriptions, how far they are and what waits for them.", Right.READ, Effect.READ, Route.get("/event-subscriptions"),
      Subscriptions.class, ListSubscriptions.class, SubscriptionPage.class, Subscriptions::list);
  public static final Operation<Subscriptions, SubscriptionRef, Subscription> GET_SUBSCRIPTION = new Operation<>("get_subscription",
      "Answers one subscription.", Right.READ, Effect.READ, Route.get(ONE), Subscriptions.class, SubscriptionRef.class, Subscription.class,
      Subscriptions::get);
  public static final Operation<SubscriptionChanges, UpdateSubscription, Subscription> UPDATE_SUBSCRIPTION = new Operation<>("update_subscription",
      "Changes what a subscription means and how it is told; its place stays.", Right.ASK, Effect.WRITE, Route.patch(ONE),
      SubscriptionChanges.class, UpdateSubscription.class, Subscription.class, SubscriptionChanges::update);
  public static final Operation<Subscriptions, PauseSubscription, Subscription> PAUSE_SUBSCRIPTION = new Operation<>("pause_subscription",
      "Holds a subscription back; what comes meanwhile is told once it is resumed.", Right.ASK, Effect.WRITE, Route.post(ONE + "/pause"),
      Subscriptions.class, PauseSubscription.class, Subscription.class, Subscriptions::pause);
  public static final Operation<Subscriptions, SubscriptionRef, Subscription> RESUME_SUBSCRIPTION = new Operation<>("resume_subscription",
      "Serves a subscription again that was paused or disabled.", Right.ASK, Effect.WRITE, Route.post(ONE + "/resume"), Subscriptions.class,
      SubscriptionRef.class, Subscription.class, Subscriptions::resume);
  public static final Operation<Subscriptions, TestSubscription, TestedSubscription> TEST_SUBSCRIPTION = new Operation<>("test_subscription",
      "Says whether a subscription would be told of an event, why not, and what would be sent.", Right.READ, Effect.READ,
      Route.get(ONE + "/test/{event_id}"), Subscriptions.class, TestSubscription.class, TestedSubscription.class, Subscriptions::test);
  public static final Operation<DeliveryReader, ListDeliveries, DeliveryPage> LIST_DELIVERIES = new Operation<>("list_deliveries",
      "Lists deliveries with their tries, newest event first.", Right.READ, Effect.READ, Route.get("/deliveries"), DeliveryReader.class,
      ListDeliveries.class, DeliveryPage.class, DeliveryReader::list);
  public static final Operation<DeliveryReader, DeliveryRef, ListedDelivery> GET_DELIVERY = new Operation<>("get_delivery",
      "Answers one delivery: its tries, and why it has not gone.", Right.READ, Effect.READ, Route.get("/deliveries/{delivery_id}"),
      DeliveryReader.class, DeliveryRef.class, ListedDelivery.class, DeliveryReader::get);
  public static final Operation<Replays, ReplayDeliveries, ReplayedDeliveries> REPLAY_DELIVERIES = new Operation<>("replay_deliveries",
      "Tells a subscription events again: its dead letters, or all of a range that it means.", Right.OPERATE, Effect.WRITE,
      Route.post(ONE + "/replay"), Replays.class, ReplayDeliveries.class, ReplayedDeliveries.class, Replays::replay);

  public static final List<Operation<?, ?, ?>> ALL = List.of(SUBSCRIBE, UNSUBSCRIBE, LIST_SUBSCRIPTIONS, GET_SUBSCRIPTION,
      UPDATE_SUBSCRIPTION, PAUSE_SUBSCRIPTION, RESUME_SUBSCRIPTION, TEST_SUBSCRIPTION, LIST_DELIVERIES, GET_DELIVERY, REPLAY_DELIVERIES);

  private SubscriptionOperations() {}
}
