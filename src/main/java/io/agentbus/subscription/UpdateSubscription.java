package io.agentbus.subscription;

import io.agentbus.agent.AgentName;
import io.agentbus.cel.Expressions;
import io.agentbus.event.TopicFilter;
import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What to change of a subscription; what is absent stays. Events up to its position are not looked at again. */
public record UpdateSubscription(
    @Field(value = "Id of the subscription.", required = true, positional = 0) UUID subscriptionId,
    @Field(value = "Topic; * stands for one word, ** for any number.", maxLength = TopicFilter.MAX_LENGTH, pattern = TopicFilter.PATTERN,
        shape = "a topic in which a word may be * or **", example = "\"phase.*\"") @Nullable String topic,
    @Field(value = "Namespace of the events, exact unless it holds * or **; ** = all the owner may see.", maxLength = 512,
        pattern = NamespaceFilter.PATTERN, shape = NamespaceFilter.SHAPE, example = "\"release/v0.6.3/*\"") @Nullable String namespace,
    @Field(value = "Name of the agent or token that stated them; empty = anyone.", maxLength = 200) @Nullable String sourceAgent,
    @Field(value = "An expression in CEL, as subscribe takes it; empty = none.", maxLength = Expressions.MAX_LENGTH) @Nullable String filter,
    @Field(value = "Of a webhook: the address.", maxLength = 2_000) @Nullable String url,
    @Field("Of a webhook: how it is sent.") @Nullable WebhookChange webhook,
    @Field(value = "Of an inbox: whose.", maxLength = 100, pattern = AgentName.PATTERN, shape = AgentName.SHAPE) @Nullable String targetAgent,
    @Field(value = "Of an inbox: title of the messages, with expressions between double braces; empty = the topic.", maxLength = 300)
        @Nullable String title,
    @Field(value = "Of an inbox: priority of the messages, 1 to 10.", min = 1, max = 10) @Nullable Integer priority,
    @Field("Of a job: what it is; replaces the whole template.") @Nullable JobTemplate job,
    @Field(value = "Of the event bus: the address, below 'subscriptions.'.", maxLength = 200, pattern = BusTarget.PATTERN,
        shape = BusTarget.SHAPE) @Nullable String address,
    @Field("One at a time and in the order of positions.") @Nullable Boolean ordered,
    @Field(value = "Deliveries under way at once; an ordered subscription has one.", min = 1, max = 50) @Nullable Integer concurrency,
    @Field(value = "What it is for, for people; empty = nothing said.", maxLength = 500) @Nullable String description) {}
