package io.agentbus.memorybus;

import io.agentbus.agent.AgentName;
import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.op.Field;
import io.agentbus.subscription.WebhookSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A wish to be told of what happens on the memory bus. */
public record SubscribeToMemories(
    @Field(value = "Where to post each event; absent = messages to the caller's own inbox.", maxLength = 2_000, positional = 0) @Nullable String url,
    @Field(value = "Names of events parted by commas, or *.", maxLength = 500, def = "\"*\"") @Nullable String events,
    @Field(value = "Signs each post in ai-memory's way.", maxLength = 500, pattern = WebhookSettings.SECRET_PATTERN,
        shape = WebhookSettings.SECRET_SHAPE, secret = true) @Nullable String secret,
    @Field(value = "Only events of these namespaces: exact unless it holds * for one segment or ** for any number; global = the root;"
        + " _messages/ and the caller's name = the messages that it gets.",
        maxLength = 512, pattern = FILTER_PATTERN, shape = FILTER_SHAPE) @Nullable String namespaceFilter,
    @Field(value = "Only what this agent has done, or what an operator did for it.", maxLength = 128, pattern = AgentName.PATTERN, shape = AgentName.SHAPE)
        @Nullable String agentFilter,
    @Field(value = "Names of events, instead of events.", maxItems = 20, maxLength = 100) @Nullable List<String> eventTypes) {
  static final String FILTER_PATTERN = "^(_messages/[a-zA-Z0-9][a-zA-Z0-9._:@-]{0,99}|([a-z0-9][a-z0-9._-]*|\\*{1,2})(/([a-z0-9][a-z0-9._-]*|\\*{1,2})){0,7})$";
  static final String FILTER_SHAPE = NamespaceFilter.SHAPE + "; or _messages/ and the name of an agent";
}
