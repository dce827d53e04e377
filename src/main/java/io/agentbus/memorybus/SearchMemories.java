package io.agentbus.memorybus;

import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Words that entries must hold, all of them. */
public record SearchMemories(
    @Field(value = "The words.", required = true, maxLength = 4_096, positional = 0) String query,
    @Field(value = "Namespace, exact unless it holds * or **; global = the root of the caller's own.", maxLength = 512, pattern = NamespaceFilter.PATTERN, shape = NamespaceFilter.SHAPE) @Nullable String namespace,
    @Field(value = "Only entries of this tier.", oneOf = {"short", "mid", "long"}) @Nullable String tier,
    @Field(value = "Most entries; more than 200 is 200.", def = "20") @Nullable Integer limit,
    @Field(value = "Only entries that this agent stored first.", maxLength = 128) @Nullable String agentId,
    @Field(value = "Only entries with all of these tags, parted by commas.", maxLength = 4_096) @Nullable String tags,
    @Field(value = "Only entries stored at this time or later.") @Nullable OffsetDateTime since,
    @Field(value = "Only entries stored at this time or earlier.") @Nullable OffsetDateTime until,
    @Field(value = "Only entries that matter at least so much.", min = 1, max = 10) @Nullable Integer minPriority,
    @Field(value = "A namespace: what is answered is what scopes let an agent at that place see. Absent = scopes are not looked at.",
        maxLength = 512, pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String asAgent,
    @Field(value = "Accepted for clients of ai-memory; the answer is JSON whichever is asked for, and says so.", oneOf = {"json", "toon", "toon_compact"}) @Nullable String format) {}
