package io.agentbus.app;

import io.agentbus.agent.Directory;
import io.agentbus.bus.Messages;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.event.EventLog;
import io.agentbus.inbox.Inbox;
import io.agentbus.job.Jobs;
import io.agentbus.op.Catalogue;
import io.agentbus.subscription.DeliveryReader;
import io.agentbus.subscription.InboxDrainer;
import io.agentbus.subscription.InboxDrainerConfig;
import io.agentbus.subscription.Replays;
import io.agentbus.subscription.StreamFeed;
import io.agentbus.subscription.SubscriptionChanges;
import io.agentbus.subscription.SubscriptionOperations;
import io.agentbus.subscription.Subscriptions;
import io.agentbus.subscription.Targets;
import io.agentbus.subscription.WebhookTarget;
import java.util.function.Function;

/** The services of the subscriptions of one node. */
public record SubscriptionArea(Subscriptions subscriptions, SubscriptionChanges changes, Replays replays, StreamFeed streams,
    Function<InboxDrainerConfig, InboxDrainer> drainers) {
  /** Puts them together. @param payloadMax most bytes of a payload @param node name of the node */
  static SubscriptionArea open(Database database, Directory directory, EventLog log, Inbox inbox, Jobs jobs, Messages messages, WakeUps wakeUps,
      WebhookTarget webhooks, int payloadMax, String node) {
    var targets = new Targets(inbox, directory, jobs, messages, webhooks, payloadMax);
    var subscriptions = new Subscriptions(directory, targets, wakeUps);
    return new SubscriptionArea(subscriptions, new SubscriptionChanges(directory, targets, subscriptions), new Replays(subscriptions, wakeUps),
        new StreamFeed(database, subscriptions, wakeUps),
        config -> new InboxDrainer(database, log, wakeUps, targets, config, node));
  }

  void bind(Catalogue catalogue) {
    catalogue.bindAll(SubscriptionOperations.ALL, subscriptions, changes, new DeliveryReader(), replays);
  }

  /** What moves events and deliveries on. */
  public InboxDrainer drainer(InboxDrainerConfig config) {
    return drainers.apply(config);
  }
}
