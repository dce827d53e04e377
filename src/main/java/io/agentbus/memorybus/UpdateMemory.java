package io.agentbus.memorybus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What to change of an entry; what is absent stays. */
public record UpdateMemory(
    @Field(value = "Id of the entry.", required = true, positional = 0) UUID id,
    @Field(value = "What it is about.", maxLength = MemoryText.TITLE) @Nullable String title,
    @Field(value = "All there is to say, at most 65,536 bytes of UTF-8.", maxLength = MemoryText.CONTENT_BYTES) @Nullable String content,
    @Field(value = "How long it lives from now on.", oneOf = {"short", "mid", "long"}) @Nullable String tier,
    @Field(value = "Where to move it.", maxLength = 512, pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "Words it is found by.", maxItems = MemoryText.TAGS, maxLength = MemoryText.TAG) @Nullable List<String> tags,
    @Field(value = "How much it matters.", min = 1, max = 10) @Nullable Integer priority,
    @Field(value = "How sure it is, from 0 to 1.", min = 0, max = 1) @Nullable Double confidence,
    @Field(value = "When its life ends; a time that is over ends it now.") @Nullable OffsetDateTime expiresAt,
    @Field(value = "Anything else worth knowing, instead of what was there; who stored it first stays.", maxBytes = MemoryText.METADATA_BYTES)
        @Nullable ObjectNode metadata) {}
