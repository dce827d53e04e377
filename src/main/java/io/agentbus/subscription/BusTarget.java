package io.agentbus.subscription;

import io.agentbus.bus.Messages;

/**
 * Publishes events at an address of the event bus. Addresses begin with {@value #PREFIX}: those of the bus itself, and of programs that
 * trust what they hear there, are not for subscribers. Who listens nowhere hears nothing: the event bus keeps nothing.
 */
final class BusTarget {
  static final String PREFIX = "subscriptions.";
  static final String PATTERN = "^subscriptions\\.[a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)*$";
  static final String SHAPE = "an address such as subscriptions.reviews.red: 'subscriptions.' and words joined by dots";

  private final Messages messages;

  BusTarget(Messages messages) {
    this.messages = messages;
  }

  Outcome send(Definition subscription, Delivery delivery) {
    messages.publish(subscription.settings().path("address").asText(), delivery.json());
    return new Outcome.Delivered(Tried.well(), null);
  }
}
