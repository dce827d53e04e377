package io.agentbus.event;

import io.agentbus.op.Effect;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.op.Route;
import java.util.List;

/** The operations of events. */
public final class EventOperations {
  public static final Operation<Events, EmitEvent, Event> EMIT_EVENT = new Operation<>("emit_event",
      "States a fact, or answers the one with the same topic and dedupe_key.", Right.ASK, Effect.WRITE, Route.post("/events"), Events.class,
      EmitEvent.class, Event.class, Events::emit);
  public static final Operation<EventList, ListEvents, ListedEvents> LIST_EVENTS = new Operation<>("list_events",
      "Lists events in pages by rising position.", Right.READ, Effect.READ, Route.get("/events"), EventList.class, ListEvents.class,
      ListedEvents.class, EventList::list);
  public static final Operation<EventList, GetEvent, Event> GET_EVENT = new Operation<>("get_event", "Answers one event.", Right.READ,
      Effect.READ, Route.get("/events/{event_id}"), EventList.class, GetEvent.class, Event.class, EventList::get);

  public static final List<Operation<?, ?, ?>> ALL = List.of(EMIT_EVENT, LIST_EVENTS, GET_EVENT);

  private EventOperations() {}
}
