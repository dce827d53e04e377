package io.agentbus.app;

import io.agentbus.bus.Addresses;
import io.agentbus.op.Operation;
import java.util.Collection;
import java.util.List;

/**
 * An address of the event bus, or many that differ in one part only.
 *
 * @param address with the part that differs in angle brackets
 * @param kind what travels there: {@code request} or {@code published}
 * @param does one sentence for people
 */
record BusAddress(String address, String kind, String does) {
  /** What a node has on the event bus; the operations as one. */
  static final List<BusAddress> ALL = List.of(
      new BusAddress(Addresses.operation("<operation>"), "request", "Takes the input of the operation and a token, answers its output."),
      new BusAddress(Addresses.event("<topic>"), "published", "Each event, as get_event answers it."),
      new BusAddress(Addresses.agent("<namespace>", "<name>"), "request", "Each job of an agent whose channel is eventbus; a reply admits it."),
      new BusAddress(Addresses.inbox("<namespace>", "<name>"), "published", "Says to an agent whose channel is eventbus that its inbox got something."),
      new BusAddress(Addresses.AUTH, "request", "At a bridge only: its client says who it is."));

  /** The address of each operation. */
  static List<BusAddress> of(Collection<? extends Operation<?, ?, ?>> operations) {
    return operations.stream().map(operation -> new BusAddress(Addresses.operation(operation.name()), "request", operation.summary())).toList();
  }
}
