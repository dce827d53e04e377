package io.agentbus.memorybus;

import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one is busy with. */
public record RecallMemories(
    @Field(value = "What one tries to remember, in words; entries that hold any of them are found.", required = true, maxLength = 16_384, positional = 0)
        String context,
    @Field(value = "Namespace, exact unless it holds * or **; global = the root of the caller's own.", maxLength = 512, pattern = NamespaceFilter.PATTERN, shape = NamespaceFilter.SHAPE) @Nullable String namespace,
    @Field(value = "Most entries; more than 50 is 50.", def = "10") @Nullable Integer limit,
    @Field(value = "Only entries with all of these tags, parted by commas.", maxLength = 4_096) @Nullable String tags,
    @Field(value = "Only entries stored at this time or later.") @Nullable OffsetDateTime since,
    @Field(value = "Only entries stored at this time or earlier.") @Nullable OffsetDateTime until,
    @Field(value = "A namespace: what is answered is what scopes let an agent at that place see. Absent = scopes are not looked at.",
        maxLength = 512, pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String asAgent,
    @Field(value = "Stop before the entries make more than so many tokens of four characters; the first is answered even so. 0 = answer none.", min = 0)
        @Nullable Integer budgetTokens,
    @Field(value = "Words of the talk so far; they only move what is found.", maxItems = 200, maxLength = 200) @Nullable List<String> contextTokens,
    @Field(value = "Accepted for clients of ai-memory; the answer is JSON whichever is asked for, and says so.", oneOf = {"json", "toon", "toon_compact"}) @Nullable String format) {}
