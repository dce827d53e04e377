package io.agentbus.memorybus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.agent.AgentName;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something to be kept on the memory bus. */
public record StoreMemory(
    @Field(value = "What it is about, unique within its namespace.", required = true, maxLength = MemoryText.TITLE, positional = 0) String title,
    @Field(value = "All there is to say, at most 65,536 bytes of UTF-8.", required = true, maxLength = MemoryText.CONTENT_BYTES) String content,
    @Field(value = "How long it lives: short 6 hours, mid 7 days, long for good.", oneOf = {"short", "mid", "long"}, def = "\"mid\"") @Nullable String tier,
    @Field(value = "Namespace; absent or global = the root of the caller's own.", maxLength = 512, pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "Words it is found by.", maxItems = MemoryText.TAGS, maxLength = MemoryText.TAG) @Nullable List<String> tags,
    @Field(value = "How much it matters.", min = 1, max = 10, def = "5") @Nullable Integer priority,
    @Field(value = "How sure it is, from 0 to 1.", min = 0, max = 1, def = "1.0") @Nullable Double confidence,
    @Field(value = "Where it comes from.", oneOf = {"user", "claude", "hook", "api", "cli", "import", "consolidation", "system", "chaos"},
        def = "\"claude\"") @Nullable String source,
    @Field(value = "Anything else worth knowing, a JSON object.", maxBytes = MemoryText.METADATA_BYTES, def = "{}") @Nullable ObjectNode metadata,
    @Field(value = "Never needed: the author is the token's. May name only that agent; an operator may name any.", maxLength = 128, pattern = AgentName.PATTERN, shape = AgentName.SHAPE)
        @Nullable String agentId,
    @Field(value = "Who sees it where a call looks at scopes.", oneOf = {"private", "team", "unit", "org", "collective"}) @Nullable String scope,
    @Field(value = "What happens when the title is taken: nothing but an error, the entry there gets the new content, or the title gets a number.",
        oneOf = {"error", "merge", "version"}, def = "\"error\"") @Nullable String onConflict,
    @Field(value = "When its life ends, instead of the tier's end.") @Nullable OffsetDateTime expiresAt) {}
