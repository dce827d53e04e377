package io.agentbus.subscription;

import io.agentbus.agent.AgentName;
import io.agentbus.cel.Expressions;
import io.agentbus.event.TopicFilter;
import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.op.Field;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A wish to be told of events. Only events that the subscriber may see are told, also when that changes later. */
public record Subscribe(
    @Field(value = "Topic; * stands for one word, ** for any number.", maxLength = TopicFilter.MAX_LENGTH, pattern = TopicFilter.PATTERN,
        shape = "a topic in which a word may be * or **", def = "\"**\"", example = "\"phase.*\"") @Nullable String topic,
    @Field(value = "Namespace of the events, exact unless it holds * or **; absent = all the subscriber may see.", maxLength = 512,
        pattern = NamespaceFilter.PATTERN, shape = NamespaceFilter.SHAPE, example = "\"release/v0.6.3/*\"") @Nullable String namespace,
    @Field(value = "Name of the agent or token that stated them; absent = anyone.", maxLength = 200) @Nullable String sourceAgent,
    @Field(value = "An expression in CEL over event.topic, event.namespace, event.source_agent, event.source_job_id, event.created_at and"
        + " event.payload; an event for which it is not true is not told.", maxLength = Expressions.MAX_LENGTH,
        example = "\"event.payload.verdict == 'red'\"") @Nullable String filter,
    @Field(value = "Where they go.", required = true, example = "\"sse\"") Target to,
    @Field(value = "Of a webhook: the address.", maxLength = 2_000) @Nullable String url,
    @Field("Of a webhook: how it is sent.") @Nullable WebhookSettings webhook,
    @Field(value = "Of an inbox: whose; absent = the caller's own.", maxLength = 100, pattern = AgentName.PATTERN, shape = AgentName.SHAPE)
        @Nullable String targetAgent,
    @Field(value = "Of an inbox: title of the messages, with expressions between double braces; absent = the topic.", maxLength = 300)
        @Nullable String title,
    @Field(value = "Of an inbox: priority of the messages, 1 to 10.", min = 1, max = 10, def = "5") @Nullable Integer priority,
    @Field("Of a job: what it is.") @Nullable JobTemplate job,
    @Field(value = "Of the event bus: the address, below 'subscriptions.'.", maxLength = 200, pattern = BusTarget.PATTERN,
        shape = BusTarget.SHAPE) @Nullable String address,
    @Field(value = "One at a time and in the order of positions: while one is not delivered, the next wait.", def = "false")
        @Nullable Boolean ordered,
    @Field(value = "Deliveries under way at once; an ordered subscription has one.", min = 1, max = 50, def = "4") @Nullable Integer concurrency,
    @Field(value = "Begin behind this position; absent = with what comes from now on.", min = 0) @Nullable Long afterPosition,
    @Field("Begin with the first event of this time or later.") @Nullable Instant fromTime,
    @Field("Begin behind this event.") @Nullable UUID afterEventId,
    @Field(value = "What it is for, for people.", maxLength = 500) @Nullable String description) {}
