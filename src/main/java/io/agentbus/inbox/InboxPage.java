package io.agentbus.inbox;

import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of messages. */
public record InboxPage(
    @Field(value = "The messages, in the order asked for.", required = true) List<Message> items,
    @Field(value = "Send as cursor for the next page; null when there was nothing further. What comes meanwhile with a higher priority stands"
        + " before the page: a listing without cursor shows all there is.") @Nullable String next) {}
