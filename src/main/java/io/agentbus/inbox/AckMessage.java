package io.agentbus.inbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The recipient's word that it has handled a message. */
public record AckMessage(
    @Field(value = "Id of the message.", required = true, positional = 0) UUID messageId,
    @Field(value = "What came of it, a JSON object; its sender may read it.", limit = Limit.PAYLOAD, def = "{}") @Nullable ObjectNode result) {}
