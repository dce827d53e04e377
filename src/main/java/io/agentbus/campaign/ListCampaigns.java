package io.agentbus.campaign;

import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import org.jspecify.annotations.Nullable;

/** Which campaigns to list, newest first. What is absent does not matter. */
public record ListCampaigns(
    @Field(value = "Namespace, exact unless it holds * or **; absent = all the caller may see.", maxLength = 512,
        pattern = NamespaceFilter.PATTERN, shape = NamespaceFilter.SHAPE) @Nullable String namespace,
    @Field(value = "Where they stand.") @Nullable CampaignStatus status,
    @Field(value = "Name.", maxLength = CampaignLimits.NAME) @Nullable String name,
    @Field(value = "Most campaigns a page.", min = 1, limit = Limit.PAGE) @Nullable Integer limit,
    @Field(value = "Where to go on: next of the page before.", maxLength = 200) @Nullable String cursor) {}
