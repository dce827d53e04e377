package io.agentbus.event;

import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of events. */
public record ListedEvents(
    @Field(value = "The events by rising position, which is the order of all streams too. Events of the last moment that have no position"
        + " yet come with a later page.", required = true) List<Event> items,
    @Field(value = "Send as cursor for the next page; null when there was nothing further. A page can hold fewer events than asked for, or"
        + " none, and still have a next one: a look ends after so many events of others.") @Nullable String next) {}
